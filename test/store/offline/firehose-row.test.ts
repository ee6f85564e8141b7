import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeatureDefinition, FeatureGroup } from '../../../store/groups/feature-group.ts'
import { firehoseRow } from '../../../store/offline/firehose-row.ts'
import { icebergSchema } from '../../../store/offline/iceberg/schema.ts'
import type { HistoryRow } from '../../../store/records/change.ts'
import { featureGroup } from '../catalog/catalog-contract.ts'
import { type Columns, readColumns } from './history-rows.ts'
import { row } from './offline-store-contract.ts'

const TYPES = ['Integral', 'Fractional', 'String'] as const

const group = featureGroup('My-Orders', {
  RecordIdentifierFeatureName: 'Order-Id',
  EventTimeFeatureName: 'time',
  FeatureDefinitions: [
    { FeatureName: 'Order-Id', FeatureType: 'String' },
    { FeatureName: 'time', FeatureType: 'Fractional' },
    ...TYPES.map((FeatureType): FeatureDefinition => ({ FeatureName: `a-${FeatureType}`, FeatureType })),
    ...TYPES.map(
      (FeatureType): FeatureDefinition => ({ FeatureName: `List-${FeatureType}`, FeatureType, CollectionType: 'List' }),
    ),
  ],
})

function columnsOf(changes: Partial<HistoryRow>, of: FeatureGroup = group): Columns {
  const text = firehoseRow(of, row('7', { eventTimeText: '1.5', ...changes }))
  if (text === undefined) throw new Error('the group lacks a feature of the row')
  return readColumns(text)
}

function withFeature(FeatureName: string, value: { ValueAsString?: string; ValueAsStringList?: string[] }): Columns {
  return columnsOf({ features: JSON.stringify([{ FeatureName, ...value }]) })
}

/** A number of Iceberg's as it stands in a row: a JSON number, or a string of its digits. */
function exact(value: unknown): bigint {
  return BigInt(value as number | string)
}

const text = fc.string({ unit: 'binary', maxLength: 60 })
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

describe('a row for Firehose', () => {
  it('has the columns of the table, and the name of the table besides', () => {
    const { _table, ...columns } = columnsOf({ features: '[]' })
    expect(Object.keys(columns)).toEqual(icebergSchema(group, 0).fields.map(({ name }) => name))
    expect(_table).toBe('my_orders_1700000000')
    expect(columns).toMatchObject({ 'order-id': '7', 'a-integral': null, 'list-string': null, _sequence: null })
  })

  it('names the table that the group was given', () => {
    const DataCatalogConfig = { TableName: 'my_table', Catalog: 'AwsDataCatalog', Database: 'db' }
    const S3StorageConfig = { S3Uri: 's3://bucket', ResolvedOutputS3Uri: 's3://bucket' }
    const OfflineStoreConfig = { S3StorageConfig, DisableGlueTableCreation: false, DataCatalogConfig }
    expect(columnsOf({ features: '[]' }, { ...group, OfflineStoreConfig })['_table']).toBe('my_table')
  })

  it('has the identifier and the event time of a deletion marker, and no other feature', () => {
    const columns = columnsOf({ isDeleted: true, features: null })
    expect(columns).toMatchObject({ 'order-id': '7', time: 1.5, is_deleted: true })
    expect(Object.keys(columns).filter((name) => /^(a|list)-/.test(name) && columns[name] !== null)).toEqual([])
  })

  it('has the delete session of a marker', () => {
    const marker = columnsOf({ isDeleted: true, features: null, deletionSession: 'the session' })
    expect(marker).toMatchObject({ is_deleted: true, _deletion_session: 'the session' })
    expect(columnsOf({ isDeleted: true, features: null })).toMatchObject({ _deletion_session: null })
  })

  it('has times in microseconds', () => {
    const columns = columnsOf({ features: '[]', writeTime: 1_700_000_000_123, apiInvocationTime: 1_700_000_000_122 })
    expect(columns).toMatchObject({ write_time: 1_700_000_000_123_000, api_invocation_time: 1_700_000_000_122_000 })
  })

  it('has the event time to the microsecond, in every year from 0000 to 9999', () => {
    const micros = fc.bigInt({ min: -62_167_219_200_000_000n, max: 253_402_300_799_999_999n })
    fc.assert(
      fc.property(micros, (eventTime) => {
        const value = columnsOf({ features: '[]', eventTime })['_event_time']
        expect(typeof value).not.toBe('string')
        expect(exact(value)).toBe(eventTime)
      }),
    )
  })

  it('has 64-bit integers exactly, as strings where a double would change them', () => {
    fc.assert(
      fc.property(fc.oneof(long, fc.maxSafeInteger().map(BigInt)), fc.constantFrom('', '+', '000'), (value, prefix) => {
        const ValueAsString = value < 0n ? String(value) : `${prefix}${value}`
        const written = withFeature('a-Integral', { ValueAsString })['a-integral']
        expect(exact(written)).toBe(value)
        expect(typeof written).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'string')
      }),
    )
  })

  it.each([
    ['.5', 0.5],
    ['5.', 5],
    ['+1', 1],
    ['007.50', 7.5],
    ['1E+3', 1_000],
    ['-0', -0],
    ['0e999999999', 0],
    ['4.9e-324', 5e-324],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    [`0.${'1'.repeat(5_000)}`, 0.1111111111111111],
  ])('has the fractional %s as the number that it is', (ValueAsString, value) => {
    expect(withFeature('a-Fractional', { ValueAsString })['a-fractional']).toBe(value)
  })

  it('has every double as it is', () => {
    fc.assert(
      fc.property(finite, (value) => {
        const ValueAsString = Object.is(value, -0) ? '-0' : String(value)
        expect(Number(withFeature('a-Fractional', { ValueAsString })['a-fractional'])).toBe(value)
      }),
    )
  })

  it('has every text as it is', () => {
    fc.assert(
      fc.property(text, text, (identifier, value) => {
        const features = JSON.stringify([{ FeatureName: 'a-String', ValueAsString: value }])
        expect(columnsOf({ identifier, features })).toMatchObject({ 'order-id': identifier, 'a-string': value })
      }),
    )
  })

  it('has collections as lists of their elements', () => {
    fc.assert(
      fc.property(
        fc.array(long),
        fc.array(finite.map((value) => value + 0)),
        fc.array(text),
        (integers, doubles, texts) => {
          const features = [
            { FeatureName: 'List-Integral', ValueAsStringList: integers.map(String) },
            { FeatureName: 'List-Fractional', ValueAsStringList: doubles.map(String) },
            { FeatureName: 'List-String', ValueAsStringList: texts },
          ]
          const columns = columnsOf({ features: JSON.stringify(features) })
          expect((columns['list-integral'] as unknown[]).map(exact)).toEqual(integers)
          expect((columns['list-fractional'] as unknown[]).map(Number)).toEqual(doubles)
          expect(columns['list-string']).toEqual(texts)
        },
      ),
    )
  })

  it('is none for a feature that the group lacks', () => {
    const features = JSON.stringify([{ FeatureName: 'unknown', ValueAsString: 'x' }])
    expect(firehoseRow(group, row('7', { features, eventTimeText: '1' }))).toBeUndefined()
  })
})
