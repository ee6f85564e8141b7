import type { FeatureDefinition } from '@aws-sdk/client-sagemaker'
import { BatchGetRecordCommand, UpdateRecordCommand } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, runtime } from './deployment.ts'
import { expectError } from './errors.ts'
import { at, getRecord, putRecord, recordOf, toRecord, type Values } from './records.ts'

const FeatureDefinitions: FeatureDefinition[] = [
  { FeatureName: 'id', FeatureType: 'String' },
  { FeatureName: 'time', FeatureType: 'String' },
  { FeatureName: 'texts', FeatureType: 'String', CollectionType: 'List' },
  { FeatureName: 'counts', FeatureType: 'Integral', CollectionType: 'List' },
  { FeatureName: 'ratios', FeatureType: 'Fractional', CollectionType: 'List' },
  { FeatureName: 'tags', FeatureType: 'String', CollectionType: 'Set' },
  { FeatureName: 'codes', FeatureType: 'Integral', CollectionType: 'Set' },
  {
    FeatureName: 'embedding',
    FeatureType: 'Fractional',
    CollectionType: 'Vector',
    CollectionConfig: { VectorConfig: { Dimension: 3 } },
  },
  { FeatureName: 'text', FeatureType: 'String' },
]

describe.each(['Standard', 'Standard_V2', 'InMemory'] as const)('collections in a group of type %s', (StorageType) => {
  let group: Group
  beforeAll(async () => {
    group = await createGroup({ FeatureDefinitions, OnlineStoreConfig: { EnableOnlineStore: true, StorageType } })
  })
  async function stored(values: Values): Promise<Values | undefined> {
    await putRecord(group, { id: 'stored', time: at(1), ...values })
    const { id: _id, time: _time, ...rest } = (await recordOf(group, 'stored')) ?? {}
    return rest
  }

  it('keep the order and the duplicates of a List', async () => {
    expect(await stored({ texts: ['b', 'a', 'b', ''] })).toEqual({ texts: ['b', 'a', 'b', ''] })
  })
  it('keep each element of a Set once, where it came first', async () => {
    expect(await stored({ tags: ['a', 'b', 'a', 'c', 'b'] })).toEqual({ tags: ['a', 'b', 'c'] })
  })
  it('keep a Vector of its dimension', async () => {
    expect(await stored({ embedding: ['0.1', '25', '0.1'] })).toEqual({ embedding: ['0.1', '25', '0.1'] })
  })
  it('keep the elements verbatim', async () => {
    const values = { counts: ['007', '+1'], ratios: ['0.0', '25', '1e3'], codes: ['1', '01'] }
    expect(await stored(values)).toEqual(values)
  })
  it('keep an empty List and an empty Set', async () => {
    expect(await stored({ texts: [], tags: [] })).toEqual({ texts: [], tags: [] })
  })
  it('answer ValueAsStringList and no ValueAsString, in the order of the definitions', async () => {
    await putRecord(group, { id: 'shape', time: at(1), text: 'x', tags: ['a'] })
    expect((await getRecord(group, 'shape')).Record?.slice(2)).toEqual([
      { FeatureName: 'tags', ValueAsStringList: ['a'] },
      { FeatureName: 'text', ValueAsString: 'x' },
    ])
  })
  it('are answered by BatchGetRecord and by projection', async () => {
    await putRecord(group, { id: 'batch', time: at(1), texts: ['b', 'a'] })
    const Identifiers = [
      { FeatureGroupName: group.name, RecordIdentifiersValueAsString: ['batch'], FeatureNames: ['texts'] },
    ]
    const { Records } = await runtime.send(new BatchGetRecordCommand({ Identifiers }))
    expect(Records?.[0]?.Record).toEqual([{ FeatureName: 'texts', ValueAsStringList: ['b', 'a'] }])
  })
  it('can be updated and removed', async () => {
    await putRecord(group, { id: 'update', time: at(1), texts: ['a'], tags: ['x'], embedding: ['1', '2', '3'] })
    const Features = [...toRecord({ tags: ['y', 'y', 'z'] }), { FeatureName: 'embedding' }]
    const input = { FeatureGroupName: group.name, RecordIdentifierValueAsString: 'update', Features }
    await runtime.send(new UpdateRecordCommand(input))
    expect(await recordOf(group, 'update')).toEqual({ id: 'update', time: at(1), texts: ['a'], tags: ['y', 'z'] })
  })

  it.each<{ what: string; values: Values; naming: string }>([
    { what: 'a Vector that is too short', values: { embedding: ['1', '2'] }, naming: 'has 2 elements' },
    { what: 'a Vector that is too long', values: { embedding: ['1', '2', '3', '4'] }, naming: 'has 4 elements' },
    { what: 'an empty Vector', values: { embedding: [] }, naming: 'has 0 elements' },
    { what: 'a Vector with an element that is no number', values: { embedding: ['1', 'x', '3'] }, naming: "'x'" },
    { what: 'a List with an element of another type', values: { counts: ['1', '1.5'] }, naming: "'1.5'" },
    { what: 'a Set with an element of another type', values: { codes: ['1', ''] }, naming: "''" },
    { what: 'a collection in ValueAsString', values: { texts: 'a' }, naming: "'texts'" },
    { what: 'a scalar in ValueAsStringList', values: { text: ['a'] }, naming: "'text'" },
    { what: 'an identifier in ValueAsStringList', values: { id: ['a'] }, naming: "'id'" },
  ])('refuse $what', async ({ values, naming }) => {
    await expectError(putRecord(group, { id: 'refused', time: at(1), ...values }), 'ValidationError', naming)
    expect(await recordOf(group, 'refused')).toBeUndefined()
  })
  it('refuse a feature with both ValueAsString and ValueAsStringList', async () => {
    const both = { FeatureName: 'texts', ValueAsString: 'a', ValueAsStringList: ['a'] }
    const Record = [...toRecord({ id: 'both', time: at(1) }), both]
    await expectError(putRecord(group, {}, { Record }), 'ValidationError', "'texts'")
  })
})
