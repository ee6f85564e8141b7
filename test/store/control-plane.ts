import { DatabaseSync } from 'node:sqlite'
import { createCatalogTables, sqliteCatalog } from '../../store/catalog/sqlite.ts'
import type { Job } from '../../store/jobs/job-queue.ts'
import { logTables } from '../../store/offline/log-tables.ts'
import { createOnlineTables, sqliteOnlineStore } from '../../store/online/sqlite.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import type { Stores } from '../../store/stores.ts'

/** 2023-11-14T22:13:20.500Z, and `now` goes on by a second with each call of `tick`. */
const START = 1_700_000_000_500

/** Stores in memory without a writer, whose clock stands still unless told, with the jobs that were enqueued. */
export function openControlPlane() {
  const db = new DatabaseSync(':memory:')
  createCatalogTables(db)
  createOnlineTables(db)
  const jobs: Job[] = []
  let now = START
  const online = sqliteOnlineStore(db)
  const stores: Stores = {
    catalog: sqliteCatalog(db),
    online,
    writer: {
      write: () => Promise.reject(new Error('the control plane writes no records')),
      removeGroup: async (groupId, limit) => online.removeGroup(groupId, limit),
    },
    jobs: {
      enqueue(job) {
        jobs.push(job)
      },
    },
    tables: logTables,
    account: '123456789012',
    region: 'us-east-1',
    shardCount: 1,
    now: () => now,
  }
  return {
    stores,
    online,
    jobs,
    tick(milliseconds = 1_000) {
      now += milliseconds
    },
  }
}

/** A request for a group with an online store and three features. */
export function groupRequest(name: string, more: object = {}) {
  return {
    FeatureGroupName: name,
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'time',
    FeatureDefinitions: [
      { FeatureName: 'id', FeatureType: 'String' },
      { FeatureName: 'time', FeatureType: 'Fractional' },
      { FeatureName: 'count', FeatureType: 'Integral' },
    ],
    OnlineStoreConfig: { EnableOnlineStore: true },
    ...more,
  }
}

export async function createGroup(stores: Stores, name: string, more: object = {}): Promise<void> {
  await createFeatureGroup(stores, groupRequest(name, more))
}
