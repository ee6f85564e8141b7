import {
  BatchGetRecordCommand,
  type BatchGetRecordIdentifier,
  BatchWriteRecordCommand,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, runtime } from './deployment.ts'
import { expectError } from './errors.ts'
import { at, deleteRecord, putRecord, toRecord, toValues } from './records.ts'

let group: Group
beforeAll(async () => {
  group = await createGroup()
})

async function batchGet(...Identifiers: BatchGetRecordIdentifier[]) {
  const { Records, Errors, UnprocessedIdentifiers } = await runtime.send(new BatchGetRecordCommand({ Identifiers }))
  return { Records, Errors, UnprocessedIdentifiers }
}

function block(identifiers: string[], rest: Partial<BatchGetRecordIdentifier> = {}): BatchGetRecordIdentifier {
  return { FeatureGroupName: group.name, RecordIdentifiersValueAsString: identifiers, ...rest }
}

/** Identifiers of the answered records, sorted: their order is free. */
async function foundBy(...blocks: BatchGetRecordIdentifier[]): Promise<(string | undefined)[]> {
  const { Records = [] } = await batchGet(...blocks)
  return Records.map(({ RecordIdentifierValueAsString }) => RecordIdentifierValueAsString).sort()
}

describe('BatchGetRecord', () => {
  it('answers records with their group and identifier', async () => {
    await putRecord(group, { id: 'a', time: at(1), text: 'x' })
    await putRecord(group, { id: 'b', time: at(2) })
    const { Records, ...others } = await batchGet(block(['a', 'b']))
    expect(others).toEqual({ Errors: [], UnprocessedIdentifiers: [] })
    expect(Records).toHaveLength(2)
    expect(Records).toEqual(
      expect.arrayContaining([
        {
          FeatureGroupName: group.name,
          RecordIdentifierValueAsString: 'a',
          Record: toRecord({ id: 'a', time: at(1), text: 'x' }),
        },
        {
          FeatureGroupName: group.name,
          RecordIdentifierValueAsString: 'b',
          Record: toRecord({ id: 'b', time: at(2) }),
        },
      ]),
    )
  })
  it('answers all three lists, empty ones too', async () => {
    expect(await batchGet(block(['missing']))).toEqual({ Records: [], Errors: [], UnprocessedIdentifiers: [] })
  })
  it('has missing and deleted records in none of its lists', async () => {
    await putRecord(group, { id: 'there', time: at(1) })
    await putRecord(group, { id: 'soft', time: at(1) })
    await deleteRecord(group, 'soft', at(2))
    await putRecord(group, { id: 'hard', time: at(1) })
    await deleteRecord(group, 'hard', at(2), { DeletionMode: 'HardDelete' })
    const { Records, Errors, UnprocessedIdentifiers } = await batchGet(block(['missing', 'soft', 'hard', 'there']))
    expect(Records).toMatchObject([{ RecordIdentifierValueAsString: 'there' }])
    expect({ Errors, UnprocessedIdentifiers }).toEqual({ Errors: [], UnprocessedIdentifiers: [] })
  })
  it('answers an identifier once that a block names twice', async () => {
    await putRecord(group, { id: 'twice', time: at(1) })
    expect(await foundBy(block(['twice', 'missing', 'twice', 'twice']))).toEqual(['twice'])
  })
  it('projects each block by its own FeatureNames, and adds nothing', async () => {
    await putRecord(group, { id: 'projected', time: at(1), text: 'x', count: '1' })
    const { Records = [] } = await batchGet(
      block(['projected'], { FeatureNames: ['count', 'text'] }),
      block(['projected'], { FeatureNames: ['ratio', 'time'] }),
      block(['projected']),
    )
    const values = Records.map(({ Record }) => toValues(Record))
    expect(values).toHaveLength(3)
    expect(values).toContainEqual({ text: 'x', count: '1' })
    expect(values).toContainEqual({ time: at(1) })
    expect(values).toContainEqual({ id: 'projected', time: at(1), text: 'x', count: '1' })
  })
  it('answers from several groups at once, each by the name that was asked for', async () => {
    const other = await createGroup()
    await putRecord(group, { id: 'shared', time: at(1), text: 'mine' })
    await putRecord(other, { id: 'shared', time: at(1), text: 'other' })
    const ask = { FeatureGroupName: other.arn, RecordIdentifiersValueAsString: ['shared'] }
    const { Records = [] } = await batchGet(block(['shared']), ask)
    const texts = Records.map(({ FeatureGroupName, Record }) => [FeatureGroupName, toValues(Record)?.['text']])
    expect(Object.fromEntries(texts)).toEqual({ [group.name]: 'mine', [other.arn]: 'other' })
  })
  it('answers 100 identifiers in a block', async () => {
    const identifiers = Array.from({ length: 100 }, (_, index) => `hundred-${index}`)
    for (let start = 0; start < 100; start += 25) {
      const Entries = identifiers
        .slice(start, start + 25)
        .map((id) => ({ FeatureGroupName: group.name, Record: toRecord({ id, time: at(1) }) }))
      await runtime.send(new BatchWriteRecordCommand({ Entries }))
    }
    expect(await foundBy(block(identifiers))).toEqual(identifiers.toSorted())
  })
  it('answers 100 blocks', async () => {
    await putRecord(group, { id: 'block', time: at(1) })
    expect(await foundBy(...Array.from({ length: 100 }, () => block(['block'])))).toHaveLength(100)
  })
  it('finds identifiers of any text', async () => {
    const identifiers = ['a/b', 'ü 日本 🦉', '"quoted"', '\u0000', '__proto__']
    for (const id of identifiers) await putRecord(group, { id, time: at(1) })
    expect(await foundBy(block(identifiers))).toEqual(identifiers.toSorted())
  })
})

describe('an error of BatchGetRecord', () => {
  beforeAll(async () => {
    await putRecord(group, { id: 'good', time: at(1) })
  })

  it('is told for each identifier of a block with an unknown feature; other blocks are answered', async () => {
    const { Records, Errors } = await batchGet(block(['good', 'x'], { FeatureNames: ['color'] }), block(['good']))
    expect(Records).toHaveLength(1)
    expect(Errors).toEqual(
      ['good', 'x'].map((identifier) => ({
        FeatureGroupName: group.name,
        RecordIdentifierValueAsString: identifier,
        ErrorCode: 'ValidationError',
        ErrorMessage: expect.stringContaining("'color'"),
      })),
    )
  })
  it.each([
    ['empty', '', 'has 0 bytes'],
    ['too long', 'x'.repeat(2_049), 'has 2049 bytes'],
  ])('is told for an identifier that is %s; the others are answered', async (_, identifier, naming) => {
    const { Records, Errors } = await batchGet(block([identifier, 'good']))
    expect(Records).toMatchObject([{ RecordIdentifierValueAsString: 'good' }])
    expect(Errors).toEqual([
      {
        FeatureGroupName: group.name,
        RecordIdentifierValueAsString: identifier,
        ErrorCode: 'ValidationError',
        ErrorMessage: expect.stringContaining(naming),
      },
    ])
  })
})

describe('an answer of BatchGetRecord over 5 MB', () => {
  const text = 'x'.repeat(340 * 1_024)
  const identifiers = Array.from({ length: 20 }, (_, index) => `large-${String(index).padStart(2, '0')}`)
  beforeAll(async () => {
    for (const id of identifiers) await putRecord(group, { id, time: at(1), text })
  })

  it('has the rest in UnprocessedIdentifiers, in the shape of the request, to be asked for again', async () => {
    const found: (string | undefined)[] = []
    let asked = [block(identifiers, { FeatureNames: ['id', 'text'] })]
    let answers = 0
    while (asked.length > 0) {
      const { Records = [], Errors, UnprocessedIdentifiers = [] } = await batchGet(...asked)
      expect(Errors).toEqual([])
      expect(Records.length).toBeGreaterThan(0)
      expect(Buffer.byteLength(JSON.stringify(Records))).toBeLessThanOrEqual(5 * 1_024 * 1_024)
      for (const { Record } of Records) expect(toValues(Record)).toMatchObject({ text })
      found.push(...Records.map(({ RecordIdentifierValueAsString: id }) => id))
      for (const rest of UnprocessedIdentifiers) {
        expect(rest).toMatchObject({ FeatureGroupName: group.name, FeatureNames: ['id', 'text'] })
      }
      asked = UnprocessedIdentifiers
      answers += 1
    }
    expect(found.sort()).toEqual(identifiers)
    expect(answers).toBe(2)
  })
  it('has what a projection leaves in one piece', async () => {
    const { Records, UnprocessedIdentifiers } = await batchGet(block(identifiers, { FeatureNames: ['id'] }))
    expect(Records).toHaveLength(20)
    expect(UnprocessedIdentifiers).toEqual([])
  })
  it('has the blocks that follow there too', async () => {
    const { Records = [], UnprocessedIdentifiers = [] } = await batchGet(
      block(identifiers),
      block(identifiers.slice(0, 3)),
    )
    const left = UnprocessedIdentifiers.flatMap(({ RecordIdentifiersValueAsString: ids = [] }) => ids)
    expect(Records.length + left.length).toBe(23)
    expect(UnprocessedIdentifiers).toHaveLength(2)
  })
})

describe('BatchGetRecord refuses', () => {
  it.each([
    { what: 'no blocks', make: () => [], naming: "'identifiers'" },
    { what: '101 blocks', make: () => Array.from({ length: 101 }, () => block(['a'])), naming: "'identifiers'" },
    { what: 'a block without identifiers', make: () => [block([])], naming: 'recordIdentifiersValueAsString' },
    {
      what: 'a block of 101 identifiers',
      make: () => [block(Array.from({ length: 101 }, (_, index) => `${index}`))],
      naming: 'length less than or equal to 100',
    },
    { what: 'an empty FeatureNames', make: () => [block(['a'], { FeatureNames: [] })], naming: 'featureNames' },
    { what: 'a FeatureName that none can be', make: () => [block(['a'], { FeatureNames: ['a b'] })], naming: "'a b'" },
  ])('$what', async ({ make, naming }) => {
    await expectError(batchGet(...make()), 'ValidationError', naming)
  })
  it('an ExpirationTimeResponse that is none', async () => {
    const input = { Identifiers: [block(['a'])], ExpirationTimeResponse: 'Maybe' as 'Enabled' }
    await expectError(runtime.send(new BatchGetRecordCommand(input)), 'ValidationError', "'Maybe'")
  })
})
