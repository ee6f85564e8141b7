import { DatabaseSync } from 'node:sqlite'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { recordTransaction } from '../../../local/record-transaction.ts'
import { dynamodbDeleteSessions } from '../../../store/catalog/delete-sessions-dynamodb.ts'
import { createDeleteSessionTables, sqliteDeleteSessions } from '../../../store/catalog/delete-sessions-sqlite.ts'
import { createCatalogTables, sqliteCatalog } from '../../../store/catalog/sqlite.ts'
import type { Job } from '../../../store/jobs/job-queue.ts'
import type { HistoryErasure } from '../../../store/offline/history-erasure.ts'
import { sqliteLog } from '../../../store/offline/sqlite-log.ts'
import { dynamoOnlineStore } from '../../../store/online/dynamodb.ts'
import { catalogFeatureOrder } from '../../../store/online/feature-order.ts'
import { sqliteOnlineStore } from '../../../store/online/sqlite.ts'
import type { Change, HistoryRow } from '../../../store/records/change.ts'
import type { DeleteStores, RecordWriter, SessionStores } from '../../../store/stores.ts'
import { writeThrough } from '../../../store/write-through.ts'
import { createTable } from '../../aws/dynalite.ts'
import type { startDynamodb } from '../../aws/dynamodb.ts'
import { GROUP } from './plain-filter.ts'

export type HarnessStores = SessionStores & DeleteStores

/** Stores with the group of the plain filters, whose jobs are stepped by whoever holds them, and their history. */
export interface Harness {
  stores: HarnessStores
  jobs: Job[]
  /** The rows of the history, in the order in which they were appended. */
  rows: () => HistoryRow[]
  clock: { now: number }
  /** False where a change that is repeated cannot be told from one that came too late. */
  knowsRepeats: boolean
  close: () => Promise<void>
}

const NO_ERASURE: HistoryErasure = { step: () => Promise.reject(new Error('there are no tables to erase from')) }

function parts(shardCount: number) {
  const db = new DatabaseSync(':memory:')
  createCatalogTables(db)
  createDeleteSessionTables(db)
  const catalog = sqliteCatalog(db)
  catalog.create({
    ...GROUP,
    groupId: `things-${shardCount}`,
    OnlineStoreConfig: { StorageType: 'Standard' },
    OfflineStoreConfig: {
      S3StorageConfig: { S3Uri: 's3://h', ResolvedOutputS3Uri: 's3://h' },
      DisableGlueTableCreation: false,
    },
  })
  const jobs: Job[] = []
  const clock = { now: 1_700_000_000_000 }
  const common = {
    catalog,
    erasure: NO_ERASURE,
    jobs: {
      enqueue(job: Job) {
        jobs.push(job)
      },
    },
    account: '123456789012',
    region: 'eu-west-1',
    now: () => clock.now,
    recordsPerPage: 2,
  }
  return { db, jobs, clock, common }
}

/** The embedded store's adapters, in memory. */
export function openSqlite(): Harness {
  const { db, jobs, clock, common } = parts(1)
  const transact = recordTransaction(db)
  const log = sqliteLog(db)
  const writer: RecordWriter = {
    async write(changes: Change[]) {
      const [answer] = transact([{ changes }], clock.now)
      if (answer !== undefined && 'outcomes' in answer) return answer.outcomes
      throw new Error('the changes were not made', { cause: answer })
    },
    removeGroup: () => Promise.reject(new Error('no group is removed')),
  }
  const stores = { ...common, sessions: sqliteDeleteSessions(db), online: sqliteOnlineStore(db), writer }
  const rows = () => log.read(0, 1_000_000)
  return { stores, jobs, rows, clock, knowsRepeats: true, close: async () => db.close() }
}

/** The adapters in AWS; rows that the history takes are kept as they come. */
export async function openDynamodb(dynamodb: Awaited<ReturnType<typeof startDynamodb>>): Promise<Harness> {
  const { jobs, clock, common } = parts(3)
  const client: DynamoDBClient = dynamodb.client()
  const kept: HistoryRow[] = []
  const keep = {
    append(rows: HistoryRow[]) {
      kept.push(...rows)
      return []
    },
  }
  const online = dynamoOnlineStore({
    client,
    tableName: await createTable(client),
    featureOrder: catalogFeatureOrder(common.catalog),
    onUnprocessed: (cause) => {
      throw cause
    },
  })
  const writer = writeThrough({ online, history: keep, outbox: keep, now: () => clock.now })
  const sessions = dynamodbDeleteSessions(client, await createTable(client))
  const stores = { ...common, sessions, online, writer }
  return { stores, jobs, rows: () => kept, clock, knowsRepeats: !dynamodb.isDynalite, close: async () => {} }
}
