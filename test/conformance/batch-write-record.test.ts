import {
  BatchWriteRecordCommand,
  type BatchWriteRecordCommandInput,
  type BatchWriteRecordEntry,
  ListRecordsCommand,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, runtime, uniqueName } from './deployment.ts'
import { expectError } from './errors.ts'
import { at, deleteRecord, putRecord, recordOf, toRecord, type Values } from './records.ts'

let group: Group
beforeAll(async () => {
  group = await createGroup()
})

function entry(values: Values, rest: Partial<BatchWriteRecordEntry> = {}): BatchWriteRecordEntry {
  return { FeatureGroupName: group.name, Record: toRecord(values), ...rest }
}

async function write(Entries: BatchWriteRecordEntry[], rest: Partial<BatchWriteRecordCommandInput> = {}) {
  const { Errors, UnprocessedEntries } = await runtime.send(new BatchWriteRecordCommand({ Entries, ...rest }))
  return { Errors, UnprocessedEntries }
}

const NOTHING_WRONG = { Errors: [], UnprocessedEntries: [] }

describe('BatchWriteRecord', () => {
  it('writes 25 entries, and answers both lists empty', async () => {
    const records = Array.from({ length: 25 }, (_, index) => ({ id: `full-${index}`, time: at(1), count: `${index}` }))
    expect(await write(records.map((record) => entry(record)))).toEqual(NOTHING_WRONG)
    const stored = await Promise.all(records.map(({ id }) => recordOf(group, id)))
    expect(stored).toEqual(records)
  })
  it('writes to several groups at once', async () => {
    const other = await createGroup()
    const record = { id: 'several', time: at(1) }
    const entries = [entry(record), entry(record, { FeatureGroupName: other.name })]
    expect(await write(entries)).toEqual(NOTHING_WRONG)
    expect(await recordOf(group, 'several')).toEqual(record)
    expect(await recordOf(other, 'several')).toEqual(record)
  })
  it('overwrites whole records, and leaves newer ones alone', async () => {
    await putRecord(group, { id: 'older', time: at(1), text: 'x', count: '1' })
    await putRecord(group, { id: 'newer', time: at(9), text: 'stays' })
    expect(await write([entry({ id: 'older', time: at(2) }), entry({ id: 'newer', time: at(2) })])).toEqual(
      NOTHING_WRONG,
    )
    expect(await recordOf(group, 'older')).toEqual({ id: 'older', time: at(2) })
    expect(await recordOf(group, 'newer')).toEqual({ id: 'newer', time: at(9), text: 'stays' })
  })
  it('does not pass the fence of a tombstone', async () => {
    await deleteRecord(group, 'fenced', at(5))
    expect(await write([entry({ id: 'fenced', time: at(5) })])).toEqual(NOTHING_WRONG)
    expect(await recordOf(group, 'fenced')).toBeUndefined()
  })
  it('keeps the newest of several entries for one record, wherever it stands', async () => {
    await write([1, 3, 2].map((second) => entry({ id: 'newest', time: at(second), count: `${second}` })))
    expect(await recordOf(group, 'newest')).toEqual({ id: 'newest', time: at(3), count: '3' })
  })
  it('keeps the later of two entries for one record of the same event time', async () => {
    await write([entry({ id: 'tie', time: at(1), text: 'first' }), entry({ id: 'tie', time: at(1), text: 'second' })])
    expect(await recordOf(group, 'tie')).toMatchObject({ text: 'second' })
  })
  it('is safe to repeat', async () => {
    const entries = [entry({ id: 'repeated', time: at(1), text: 'x' })]
    expect(await write(entries)).toEqual(NOTHING_WRONG)
    expect(await write(entries)).toEqual(NOTHING_WRONG)
    expect(await recordOf(group, 'repeated')).toEqual({ id: 'repeated', time: at(1), text: 'x' })
  })
})

describe('a bad entry of BatchWriteRecord', () => {
  /** Each with what its message names. */
  const BAD: { [what: string]: { make: () => BatchWriteRecordEntry; code?: string; naming: string } } = {
    'without an identifier': { make: () => entry({ time: at(1) }), naming: "'id'" },
    'without an event time': { make: () => entry({ id: 'bad' }), naming: "'time'" },
    'with an event time that is none': { make: () => entry({ id: 'bad', time: 'noon' }), naming: "'noon'" },
    'with an unknown feature': { make: () => entry({ id: 'bad', time: at(1), color: 'red' }), naming: "'color'" },
    'with a value of another type': { make: () => entry({ id: 'bad', time: at(1), count: 'x' }), naming: "'x'" },
    'with an empty record': { make: () => entry({}), naming: 'greater than or equal to 1' },
    'with an unknown group': {
      make: () => entry({ id: 'bad', time: at(1) }, { FeatureGroupName: uniqueName() }),
      code: 'ResourceNotFound',
      naming: 'find a FeatureGroup with name conformance-',
    },
    'with a store that is none': {
      make: () => entry({ id: 'bad', time: at(1) }, { TargetStores: ['Nowhere' as 'OnlineStore'] }),
      naming: "'Nowhere'",
    },
    'with a time to live of nothing': {
      make: () => entry({ id: 'bad', time: at(1) }, { TtlDuration: { Unit: 'Days', Value: 0 } }),
      naming: "'0'",
    },
  }
  it.each(Object.entries(BAD))('%s fails alone, and is echoed as it was sent', async (_, { make, code, naming }) => {
    const bad = make()
    const good = ['before', 'after'].map((id) => ({ id: `${id} ${naming}`, time: at(1) }))
    const [before = {}, after = {}] = good
    expect(await write([entry(before), bad, entry(after)])).toEqual({
      Errors: [{ Entry: bad, ErrorCode: code ?? 'ValidationError', ErrorMessage: expect.stringContaining(naming) }],
      UnprocessedEntries: [],
    })
    expect(await Promise.all(good.map(({ id }) => recordOf(group, id)))).toEqual(good)
    expect(await recordOf(group, 'bad')).toBeUndefined()
  })
  it('is echoed member for member, in order, with nothing added', async () => {
    const bad: BatchWriteRecordEntry = {
      TtlDuration: { Value: 3, Unit: 'Days' },
      Record: [
        { ValueAsString: 'x', FeatureName: 'text' },
        { FeatureName: 'id', ValueAsString: 'echo' },
        { FeatureName: 'ratio' },
      ],
      TargetStores: ['OfflineStore', 'OnlineStore'],
      FeatureGroupName: group.arn,
    }
    const { Errors } = await write([bad], { TtlDuration: { Unit: 'Weeks', Value: 1 } })
    expect(Errors?.[0]?.Entry).toStrictEqual(bad)
  })
  it('fails as often as it is there', async () => {
    const { Errors } = await write([entry({ id: 'bad' }), entry({ id: 'bad' })])
    expect(Errors).toHaveLength(2)
  })
  it('can be every entry: the answer is 200', async () => {
    const bad = Array.from({ length: 25 }, (_, index) => entry({ id: `bad-${index}` }))
    const { Errors, UnprocessedEntries } = await write(bad)
    expect(Errors?.map(({ Entry }) => Entry)).toEqual(bad)
    expect(UnprocessedEntries).toEqual([])
  })
})

describe('BatchWriteRecord refuses the whole request, and writes nothing', () => {
  async function expectRefused(entries: BatchWriteRecordEntry[], rest: object, naming: string): Promise<void> {
    await expectError(write(entries, rest), 'ValidationError', naming)
  }

  it('with no entries', async () => {
    await expectRefused([], {}, "'entries'")
  })
  it('with 26 entries', async () => {
    const fresh = await createGroup()
    const entries = Array.from({ length: 26 }, (_, index) =>
      entry({ id: `${index}`, time: at(1) }, { FeatureGroupName: fresh.name }),
    )
    await expectRefused(entries, {}, 'length less than or equal to 25')
    const { RecordIdentifiers } = await runtime.send(new ListRecordsCommand({ FeatureGroupName: fresh.name }))
    expect(RecordIdentifiers).toEqual([])
  })
  it('with a time to live that is none', async () => {
    const TtlDuration = { Unit: 'Years', Value: 1 }
    await expectRefused([entry({ id: 'unwritten', time: at(1) })], { TtlDuration }, "'Years'")
    expect(await recordOf(group, 'unwritten')).toBeUndefined()
  })
  it('without its entries', async () => {
    await expectError(runtime.send(new BatchWriteRecordCommand({ Entries: undefined })), 'ValidationError', "'entries'")
  })
})
