import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cell, ColumnGatherer, toColumns } from '../../../../store/offline/iceberg/columns.ts'
import { featurePacker } from '../../../../store/offline/packed-features.ts'
import type { LoggedRow } from '../../../../store/offline/sqlite-log.ts'

const group = {
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'at',
  FeatureDefinitions: [
    { FeatureName: 'id', FeatureType: 'String' as const },
    { FeatureName: 'at', FeatureType: 'String' as const },
    { FeatureName: 'whole', FeatureType: 'Integral' as const },
    { FeatureName: 'part', FeatureType: 'Fractional' as const },
    { FeatureName: 'text', FeatureType: 'String' as const },
    { FeatureName: 'wholes', FeatureType: 'Integral' as const, CollectionType: 'List' as const },
  ],
}

const integer = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.integer().map(String),
  fc.nat().map((number) => `+${number}`),
  fc.nat().map((number) => `00${number}`),
)

const aRecord = fc.record({
  whole: fc.option(integer),
  part: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
  text: fc.option(fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constant('a text that is said often'))),
  wholes: fc.option(fc.array(integer, { maxLength: 3 })),
  isDeleted: fc.boolean(),
  isMarker: fc.boolean(),
  isPacked: fc.boolean(),
})
type ARecord = typeof aRecord extends fc.Arbitrary<infer Value> ? Value : never

const pack = featurePacker(group.FeatureDefinitions.map(({ FeatureName }) => FeatureName))

/** Features as the log has them: packed where they can be, or as they were sent. */
function loggedText({ isPacked }: ARecord, features: string): string {
  return (isPacked ? pack(features) : undefined) ?? features
}

const START = 1_700_000_000_000_000n

function loggedRow(record: ARecord, index: number): LoggedRow {
  const features = [
    { FeatureName: 'id', ValueAsString: `id ${index}` },
    { FeatureName: 'at', ValueAsString: `at ${index}` },
    ...(['whole', 'part', 'text'] as const).flatMap((FeatureName) => {
      const ValueAsString = record[FeatureName]
      return ValueAsString === null ? [] : [{ FeatureName, ValueAsString }]
    }),
    ...(record.wholes === null ? [] : [{ FeatureName: 'wholes', ValueAsStringList: record.wholes }]),
  ]
  return {
    sequence: index + 1,
    groupId: 'group',
    identifier: `id ${index}`,
    eventTime: START + BigInt(index),
    eventTimeText: `at ${index}`,
    isDeleted: record.isDeleted,
    features: record.isMarker ? null : loggedText(record, JSON.stringify(features)),
    writeTime: 1_700_000_000_000 + Math.floor(index / 3),
    apiInvocationTime: 1_700_000_000_000 + index,
    ...(record.isDeleted && { deletionSession: `session ${index}` }),
  }
}

const exact = (digits: string) => BigInt(digits.replace('+', ''))

function modelOf(record: ARecord, index: number): Cell[] {
  const { whole, part, text, wholes } = record.isMarker ? { whole: null, part: null, text: null, wholes: null } : record
  return [
    `id ${index}`,
    `at ${index}`,
    whole === null ? null : exact(whole),
    part === null ? null : Number(part),
    text,
    wholes === null ? null : wholes.map(exact),
    1_700_000_000_000_000n + BigInt(Math.floor(index / 3)) * 1_000n,
    1_700_000_000_000_000n + BigInt(index) * 1_000n,
    record.isDeleted,
    START + BigInt(index),
    record.isDeleted ? `session ${index}` : null,
    BigInt(index + 1),
  ]
}

describe('the columns of rows', () => {
  it('have a cell for each row, to the last digit and letter, however many rows there are', () => {
    fc.assert(
      fc.property(fc.array(aRecord, { minLength: 1, maxLength: 60 }), fc.constantFrom(1, 9, 40), (records, times) => {
        const all = Array.from({ length: times }, () => records).flat()
        const gatherer = new ColumnGatherer(group)
        for (const [index, record] of all.entries()) gatherer.add(loggedRow(record, index))
        const gathered = gatherer.gathered()
        const columns = toColumns(gathered)
        expect(gathered.count).toBe(all.length)
        const rows = all.map(modelOf)
        expect(columns.map(({ cells }) => cells)).toEqual(columns.map((_, column) => rows.map((row) => row[column])))
      }),
      { numRuns: 100 },
    )
  })
})
