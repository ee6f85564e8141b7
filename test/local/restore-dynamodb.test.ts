import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { dynamodbRestorations } from '../../store/catalog/restorations-dynamodb.ts'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { restoreStep } from '../../store/jobs/restore-step.ts'
import { dynamoOnlineStore } from '../../store/online/dynamodb.ts'
import { deleteRecord } from '../../store/operations/delete-record.ts'
import { getRestore } from '../../store/operations/get-restore.ts'
import { listRecords } from '../../store/operations/list-records.ts'
import { putRecord } from '../../store/operations/put-record.ts'
import { startRestore } from '../../store/operations/start-restore.ts'
import { writeThrough } from '../../store/write-through.ts'
import { createTable } from '../aws/dynalite.ts'
import { startDynamodb } from '../aws/dynamodb.ts'
import { GROUP, openRestoredStore } from './restore/restored-store.ts'

const AT = '2026-01-01T00:00:00Z'
const LATER = '2026-01-02T00:00:00Z'

const dynamodb = await startDynamodb()
const client = dynamodb.client()
const directory = mkdtempSync(join(tmpdir(), 'cairn-restore-aws-'))
let clock = Date.parse('2026-03-01T00:00:00Z')
const now = () => clock++
const embedded = await openRestoredStore(directory, { now })
afterAll(async () => {
  await embedded.close()
  rmSync(directory, { recursive: true })
  client.destroy()
  await dynamodb.close()
})

it('rebuilds an online store in DynamoDB, and leaves what was written since it began', async () => {
  await embedded.createGroup()
  const { FeatureDefinitions } = (await embedded.stores.catalog.get(GROUP)) as FeatureGroup
  const featureOrder = FeatureDefinitions.map(({ FeatureName }) => FeatureName)
  const onUnprocessed = (cause: unknown) => expect.unreachable(String(cause))
  const tableName = await createTable(client)
  const online = dynamoOnlineStore({ client, tableName, featureOrder: () => featureOrder, onUnprocessed })
  const written: unknown[] = []
  const history = {
    append: async (rows: unknown[]) => {
      written.push(...rows)
      return []
    },
  }
  const writer = writeThrough({ online, history, outbox: history, now })
  const restorations = dynamodbRestorations(client, await createTable(client))
  const stores = { ...embedded.stores, online, writer, restorations, jobs: { enqueue: async () => {} } }

  for (let i = 0; i < 30; i++) await embedded.put({ Id: `r${i}`, At: AT })
  await deleteRecord(embedded.stores, {
    FeatureGroupName: GROUP,
    RecordIdentifierValueAsString: 'r7',
    EventTime: LATER,
  })
  const put = (Id: string, At: string) => {
    const Record = Object.entries({ Id, At }).map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString }))
    return putRecord(stores, { FeatureGroupName: GROUP, Record })
  }
  await put('only online', AT)
  await put('r3', LATER)
  const { RestoreId } = await startRestore(stores, { FeatureGroupName: GROUP, Replace: true }, { actor: 'test' })
  const { groupId } = (await embedded.stores.catalog.get(GROUP)) as FeatureGroup
  const step = () =>
    restoreStep({ ...stores, replay: embedded.historyReplay }, { kind: 'restore', groupId, session: RestoreId })
  await step()
  await put('r5', LATER)
  await put('beside', AT)
  written.length = 0
  while ((await step()) !== 'done');
  expect(await getRestore(stores, RestoreId)).toMatchObject({
    Status: 'Completed',
    RowsRead: 30,
    RecordsWritten: 28,
    RecordsKept: 1,
    Tombstones: 1,
    RecordsRemoved: 2,
  })
  const listed = await listRecords(stores, { FeatureGroupName: GROUP, MaxResults: 100 })
  const { RecordIdentifiers } = JSON.parse(typeof listed === 'string' ? listed : JSON.stringify(listed))
  const restored = Array.from({ length: 30 }, (_, i) => `r${i}`).filter((id) => id !== 'r7')
  expect(RecordIdentifiers.sort()).toEqual(['beside', ...restored].sort())
  expect((await online.get(groupId, 'r5', now()))?.eventTimeText).toBe(LATER)
  expect((await online.get(groupId, 'r3', now()))?.eventTimeText).toBe(AT)
  expect(written).toEqual([])
})
