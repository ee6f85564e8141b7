import {
  BatchGetRecordCommand,
  BatchWriteRecordCommand,
  ListRecordsCommand,
  type TargetStore,
  UpdateRecordCommand,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, runtime } from './deployment.ts'
import { expectError } from './errors.ts'
import { at, deleteRecord, getRecord, putRecord, recordOf, toRecord } from './records.ts'

const online = { TargetStores: ['OnlineStore' as const] }
const offline = { TargetStores: ['OfflineStore' as const] }
const both = { TargetStores: ['OnlineStore' as const, 'OfflineStore' as const] }

function update(group: Group, RecordIdentifierValueAsString: string, rest: { TargetStores?: TargetStore[] }) {
  const Features = toRecord({ text: 'updated' })
  const input = { FeatureGroupName: group.name, RecordIdentifierValueAsString, Features, ...rest }
  return runtime.send(new UpdateRecordCommand(input))
}

async function writeBatch(group: Group, id: string, rest: { TargetStores?: TargetStore[] }) {
  const Entries = [{ FeatureGroupName: group.name, Record: toRecord({ id, time: at(1) }), ...rest }]
  return await runtime.send(new BatchWriteRecordCommand({ Entries }))
}

describe('a group with both stores', () => {
  let group: Group
  beforeAll(async () => {
    group = await createGroup()
  })

  it('has a record online that is put to OnlineStore, or to both', async () => {
    await putRecord(group, { id: 'online', time: at(1) }, online)
    await putRecord(group, { id: 'both', time: at(1) }, both)
    expect(await recordOf(group, 'online')).toBeDefined()
    expect(await recordOf(group, 'both')).toBeDefined()
  })
  it('has no record online that is put to OfflineStore', async () => {
    await putRecord(group, { id: 'offline', time: at(1) }, offline)
    expect(await recordOf(group, 'offline')).toBeUndefined()
  })
  it('keeps the record online when a newer one is put to OfflineStore', async () => {
    await putRecord(group, { id: 'kept', time: at(1), text: 'online' })
    await putRecord(group, { id: 'kept', time: at(2), text: 'offline' }, offline)
    expect(await recordOf(group, 'kept')).toMatchObject({ text: 'online' })
  })
  it('keeps the record online when it is deleted from OfflineStore, softly or hard', async () => {
    await putRecord(group, { id: 'undeleted', time: at(1) })
    await deleteRecord(group, 'undeleted', at(2), offline)
    await deleteRecord(group, 'undeleted', at(2), { ...offline, DeletionMode: 'HardDelete' })
    expect(await recordOf(group, 'undeleted')).toBeDefined()
  })
  it.each([
    'SoftDelete',
    'HardDelete',
  ] as const)('loses the record online when OnlineStore has it deleted: %s', async (DeletionMode) => {
    await putRecord(group, { id: DeletionMode, time: at(1) })
    await deleteRecord(group, DeletionMode, at(2), { ...online, DeletionMode })
    expect(await recordOf(group, DeletionMode)).toBeUndefined()
  })
  it('has each entry of a batch where it was put', async () => {
    await writeBatch(group, 'batch-online', online)
    await writeBatch(group, 'batch-offline', offline)
    expect(await recordOf(group, 'batch-online')).toBeDefined()
    expect(await recordOf(group, 'batch-offline')).toBeUndefined()
  })
  it.each([[online], [both]])('updates a record with %j', async (stores) => {
    const id = `update ${stores.TargetStores}`
    await putRecord(group, { id, time: at(1) })
    await update(group, id, stores)
    expect(await recordOf(group, id)).toMatchObject({ text: 'updated' })
  })
  it('refuses to update OfflineStore alone', async () => {
    await putRecord(group, { id: 'offline-update', time: at(1) })
    await expectError(update(group, 'offline-update', offline), 'ValidationError', 'OfflineStore')
    expect(await recordOf(group, 'offline-update')).toEqual({ id: 'offline-update', time: at(1) })
  })
  it.each([
    { stores: [], naming: 'length greater than or equal to 1' },
    { stores: ['Nowhere'], naming: "'Nowhere'" },
    { stores: ['onlinestore'], naming: "'onlinestore'" },
    { stores: ['OnlineStore', 'OfflineStore', 'OnlineStore'], naming: 'length less than or equal to 2' },
  ])('refuses the TargetStores $stores', async ({ stores, naming }) => {
    const TargetStores = stores as TargetStore[]
    await expectError(putRecord(group, { id: 'a', time: at(1) }, { TargetStores }), 'ValidationError', naming)
    await expectError(update(group, 'a', { TargetStores }), 'ValidationError', naming)
    expect((await writeBatch(group, 'a', { TargetStores })).Errors).toMatchObject([
      { ErrorCode: 'ValidationError', ErrorMessage: expect.stringContaining(naming) },
    ])
    expect(await recordOf(group, 'a')).toBeUndefined()
  })
})

describe('a group without an offline store', () => {
  let group: Group
  beforeAll(async () => {
    group = await createGroup({ OfflineStoreConfig: null })
  })

  it('takes writes that name no store, or OnlineStore', async () => {
    await putRecord(group, { id: 'unnamed', time: at(1) })
    await putRecord(group, { id: 'named', time: at(1) }, online)
    expect(await recordOf(group, 'unnamed')).toBeDefined()
    expect(await recordOf(group, 'named')).toBeDefined()
  })
  it.each([[offline], [both]])('refuses writes with %j', async (stores) => {
    const naming = "'OfflineStore'"
    await expectError(putRecord(group, { id: 'a', time: at(1) }, stores), 'ValidationError', naming)
    await expectError(deleteRecord(group, 'unnamed', at(2), stores), 'ValidationError', naming)
    await expectError(update(group, 'unnamed', stores), 'ValidationError', naming)
    expect((await writeBatch(group, 'a', stores)).Errors).toMatchObject([
      { ErrorCode: 'ValidationError', ErrorMessage: expect.stringContaining(naming) },
    ])
    expect(await recordOf(group, 'a')).toBeUndefined()
  })
})

describe('a group without an online store', () => {
  let group: Group
  beforeAll(async () => {
    group = await createGroup({ OnlineStoreConfig: null })
  })

  it('takes puts, batches and deletes that name no store, or OfflineStore', async () => {
    const answers = await Promise.all([
      putRecord(group, { id: 'a', time: at(1) }),
      putRecord(group, { id: 'a', time: at(1) }, offline),
      deleteRecord(group, 'a', at(2)),
      deleteRecord(group, 'a', at(2), { ...offline, DeletionMode: 'HardDelete' }),
    ])
    expect(answers.map(({ $metadata }) => $metadata.httpStatusCode)).toEqual([200, 200, 200, 200])
    expect((await writeBatch(group, 'a', {})).Errors).toEqual([])
  })
  it.each([[online], [both]])('refuses writes with %j', async (stores) => {
    const naming = "'OnlineStore'"
    await expectError(putRecord(group, { id: 'a', time: at(1) }, stores), 'ValidationError', naming)
    await expectError(deleteRecord(group, 'a', at(2), stores), 'ValidationError', naming)
    expect((await writeBatch(group, 'a', stores)).Errors).toMatchObject([{ ErrorCode: 'ValidationError' }])
  })
  it('cannot be read by GetRecord', async () => {
    await expectError(getRecord(group, 'a'), 'ValidationError', `'${group.name}' has no OnlineStore`)
  })
  it('cannot be read by ListRecords', async () => {
    const call = runtime.send(new ListRecordsCommand({ FeatureGroupName: group.name }))
    await expectError(call, 'ValidationError', `'${group.name}' has no OnlineStore`)
  })
  it('cannot be read by BatchGetRecord: each of its identifiers is an error, those of other groups are not', async () => {
    const other = await createGroup()
    await putRecord(other, { id: 'b', time: at(1) })
    const Identifiers = [
      { FeatureGroupName: group.name, RecordIdentifiersValueAsString: ['a', 'b'] },
      { FeatureGroupName: other.name, RecordIdentifiersValueAsString: ['b'] },
    ]
    const { Records, Errors } = await runtime.send(new BatchGetRecordCommand({ Identifiers }))
    expect(Records).toMatchObject([{ FeatureGroupName: other.name }])
    expect(Errors).toMatchObject([
      { RecordIdentifierValueAsString: 'a', ErrorCode: 'ValidationError' },
      { RecordIdentifierValueAsString: 'b', ErrorCode: 'ValidationError' },
    ])
  })
  it('cannot be updated', async () => {
    await expectError(update(group, 'a', {}), 'ValidationError', `'${group.name}' has no OnlineStore`)
  })
})
