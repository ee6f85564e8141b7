import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cell, ColumnGatherer } from '../../../../store/offline/iceberg/columns.ts'
import { dataFileWriter } from '../../../../store/offline/iceberg/data-file.ts'
import { readRowGroups } from '../../../../store/offline/iceberg/read-data-file.ts'
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
    { FeatureName: 'parts', FeatureType: 'Fractional' as const, CollectionType: 'List' as const },
  ],
}

const integer = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.integer().map(String),
  fc.nat().map((number) => `+${number}`),
  fc.nat().map((number) => `00${number}`),
)

const digits = fc.stringMatching(/^\d{1,18}$/)
const decimal = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.constantFrom('', '-', '+'), digits, digits).map(([sign, whole, part]) => `${sign}${whole}.${part}`),
  fc.tuple(fc.constantFrom('', '-'), digits, fc.constantFrom('.', '', 'e3', 'E-4')).map((parts) => parts.join('')),
  fc.constantFrom('0', '-0', '.5', '-.25', '0.1', '123456.789012345', '9007199254740993'),
)

const aRecord = fc.record({
  whole: fc.option(integer),
  part: fc.option(decimal),
  text: fc.option(fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constant('a text that is said often'))),
  wholes: fc.option(fc.array(integer, { maxLength: 3 })),
  parts: fc.option(fc.array(decimal, { maxLength: 3 })),
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
    ...(['wholes', 'parts'] as const).flatMap((FeatureName) => {
      const ValueAsStringList = record[FeatureName]
      return ValueAsStringList === null ? [] : [{ FeatureName, ValueAsStringList }]
    }),
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

const NO_FEATURES = { whole: null, part: null, text: null, wholes: null, parts: null }

const exact = (digits: string) => BigInt(digits.replace('+', ''))

function modelOf(record: ARecord, index: number): Cell[] {
  const { whole, part, text, wholes, parts } = record.isMarker ? NO_FEATURES : record
  return [
    `id ${index}`,
    `at ${index}`,
    whole === null ? null : exact(whole),
    part === null ? null : Number(part),
    text,
    wholes === null ? null : wholes.map(exact),
    parts === null ? null : parts.map(Number),
    1_700_000_000_000_000n + BigInt(Math.floor(index / 3)) * 1_000n,
    1_700_000_000_000_000n + BigInt(index) * 1_000n,
    record.isDeleted,
    START + BigInt(index),
    record.isDeleted ? `session ${index}` : null,
    BigInt(index + 1),
  ]
}

/** The cells of the only row group, as a reader of the file has them. */
async function cellsInFile(gathered: ReturnType<ColumnGatherer['gathered']>): Promise<Cell[][]> {
  const fields = gathered.columns.map(({ field }) => field)
  const writer = dataFileWriter(fields)
  writer.write(gathered)
  const [group] = await Array.fromAsync(readRowGroups(Buffer.from(writer.finish().bytes), fields))
  return group?.columns.map(({ cells }) => cells) ?? []
}

describe('the columns of rows', () => {
  it('keep the sign of a zero beside zeros without one, in numbers and in lists of them', async () => {
    const gatherer = new ColumnGatherer(group)
    const record = { ...NO_FEATURES, isDeleted: false, isMarker: false, isPacked: true }
    const parts = ['0', '-0', '0', '-0', '0', '0', '0', '0', '0']
    for (const [index, part] of parts.entries()) gatherer.add(loggedRow({ ...record, part, parts: [part] }, index))
    const cells = await cellsInFile(gatherer.gathered())
    expect(cells[3]).toEqual(parts.map(Number))
    expect(cells[6]).toEqual(parts.map((part) => [Number(part)]))
  })

  it('have a cell for each row, to the last digit and letter, however many rows there are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(aRecord, { minLength: 1, maxLength: 60 }),
        fc.constantFrom(1, 9, 40),
        async (records, times) => {
          const all = Array.from({ length: times }, () => records).flat()
          const gatherer = new ColumnGatherer(group)
          for (const [index, record] of all.entries()) gatherer.add(loggedRow(record, index))
          const gathered = gatherer.gathered()
          expect(gathered.count).toBe(all.length)
          const cells = await cellsInFile(gathered)
          const rows = all.map(modelOf)
          expect(cells).toEqual(cells.map((_, column) => rows.map((row) => row[column])))
        },
      ),
      { numRuns: 100 },
    )
  })
})
