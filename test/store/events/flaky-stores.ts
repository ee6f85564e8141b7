import { DatabaseSync } from 'node:sqlite'
import { createCatalogTables, sqliteCatalog } from '../../../store/catalog/sqlite.ts'
import { logTables } from '../../../store/offline/log-tables.ts'
import type { OfflineStore } from '../../../store/offline/offline-store.ts'
import { createLogTables, sqliteLog } from '../../../store/offline/sqlite-log.ts'
import { createOnlineTables, sqliteOnlineStore } from '../../../store/online/sqlite.ts'
import { createFeatureGroup } from '../../../store/operations/create-feature-group.ts'
import type { Change, Outcome } from '../../../store/records/change.ts'
import { writeThrough } from '../../../store/write-through.ts'

export interface Faults {
  /** How often the online store does not take a change, out of 1. */
  notTaken: number
  /** How often a row finds place neither in the history nor in its outbox. */
  lost: number
  random: () => number
}

const NOW = 1_700_000_000_000

/** Both stores in memory with the group `g`, behind faults. `reliable()` ends them. */
export async function openFlakyStores({ notTaken, lost, random }: Faults) {
  const db = new DatabaseSync(':memory:')
  createCatalogTables(db)
  createOnlineTables(db)
  createLogTables(db)
  const online = sqliteOnlineStore(db)
  const log = sqliteLog(db)

  /** As a store in AWS does it: after a change that was not taken, no further one of its record is tried. */
  function apply(changes: Change[], now: number): Outcome[] {
    const waiting = new Set<string>()
    return changes.map((change) => {
      if (random() < notTaken) waiting.add(change.identifier)
      if (waiting.has(change.identifier)) return { result: 'unprocessed' }
      return online.apply([change], now)[0] ?? { result: 'unprocessed' }
    })
  }
  const history: OfflineStore = {
    append: (rows) => {
      const refused = new Set(rows.filter(() => random() < lost))
      log.append(rows.filter((row) => !refused.has(row)))
      return [...refused]
    },
  }
  const stores = {
    catalog: sqliteCatalog(db),
    online,
    writer: writeThrough({
      online: { apply, removeGroup: online.removeGroup },
      history,
      outbox: { append: (rows) => rows },
      now: () => NOW,
    }),
    jobs: { enqueue: () => {} },
    tables: logTables,
    account: '123456789012',
    region: 'us-east-1',
    shardCount: 1,
    now: () => NOW,
  }
  await createFeatureGroup(stores, {
    FeatureGroupName: 'g',
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'time',
    FeatureDefinitions: [
      { FeatureName: 'id', FeatureType: 'String' },
      { FeatureName: 'time', FeatureType: 'Fractional' },
      { FeatureName: 'x', FeatureType: 'Integral' },
      { FeatureName: 'y', FeatureType: 'Fractional' },
      { FeatureName: 'tags', FeatureType: 'String', CollectionType: 'List' },
    ],
    OnlineStoreConfig: { EnableOnlineStore: true },
    OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket' } },
  })
  const group = await stores.catalog.get('g')
  return {
    stores,
    /** A live record's features; undefined when there is none. */
    recordOf(id: string): unknown {
      const version = online.get(group?.groupId ?? '', id, NOW)
      return version && JSON.parse(version.features)
    },
    /** The history's rows: identifier, time, whether it is a marker, features. */
    history: () =>
      log.read(0, 1_000_000).map((row) => `${row.identifier} ${row.eventTimeText} ${row.isDeleted} ${row.features}`),
  }
}
