import { setTimeout as pause } from 'node:timers/promises'
import { type LocalStores, openLocalStores } from '../../../local/stores.ts'
import type { CollectionType, FeatureType } from '../../../store/groups/feature-group.ts'
import { isExpired } from '../../../store/online/online-store.ts'
import { createFeatureGroup } from '../../../store/operations/create-feature-group.ts'
import type { GetRestoreResponse } from '../../../store/operations/get-restore.ts'
import { putRecord } from '../../../store/operations/put-record.ts'
import { everyOperation } from '../../../store/protocol/every-operation.ts'
import { respond } from '../../../store/protocol/respond.ts'

export const GROUP = 'orders'

export interface Definition {
  FeatureName: string
  FeatureType: FeatureType
  CollectionType?: CollectionType
  CollectionConfig?: { VectorConfig: { Dimension: number } }
}

const KEYS: Definition[] = [
  { FeatureName: 'Id', FeatureType: 'String' },
  { FeatureName: 'At', FeatureType: 'String' },
]

export interface RestoredStoreOptions {
  now: () => number
  ignoredDeletes?: string[]
}

/** The embedded store on a data directory, by its API, and what is live in it. */
export async function openRestoredStore(dataDirectory: string, { now, ignoredDeletes }: RestoredStoreOptions) {
  const failures: unknown[] = []
  const fail = (error: unknown) => failures.push(error)
  const local: LocalStores = await openLocalStores({
    dataDirectory,
    account: '000000000000',
    region: 'us-east-1',
    now,
    sweepIntervalMs: 3_600_000,
    ...(ignoredDeletes !== undefined && { ignoredDeletes }),
    onError: fail,
    onFatal: fail,
  })
  const protocolOf = everyOperation(local.stores, local.history)

  async function call(method: string, path: string, body?: unknown) {
    const content = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body))
    const response = await respond(protocolOf(path), { method, path, query: '', headers: {}, body: content })
    return { status: response.status, answer: JSON.parse(response.body) }
  }

  async function ended(path: string, running: string[]) {
    for (;;) {
      const { answer } = await call('GET', path)
      if (!running.includes(answer.Status ?? answer.status)) return answer
      await pause(5)
    }
  }

  const endOf = (id: string): Promise<GetRestoreResponse> => ended(`/restore/${id}`, ['Processing'])

  return {
    ...local,
    failures,
    call,
    endOf,
    /** Restores the group, and answers how it ended. */
    async restore(request: object = {}): Promise<GetRestoreResponse> {
      const { status, answer } = await call('POST', '/restore', { FeatureGroupName: GROUP, ...request })
      if (status !== 200) throw new Error(`the restore was refused: ${answer.Message}`)
      return await endOf(answer.RestoreId)
    },
    /** Deletes by a session, and answers how it ended. */
    async deleteWhere(session: string, request: object) {
      const { status, answer } = await call('POST', '/delete', { session, table: GROUP, ...request })
      if (status !== 200) throw new Error(`the delete was refused: ${answer.details}`)
      return await ended(`/delete/${session}`, ['processing'])
    },
    async undo(session: string) {
      await call('POST', `/delete/${session}/undo`)
      return await ended(`/delete/${session}`, ['undoing', 'processing'])
    },
    async createGroup({ features = [], keys = KEYS, ...more }: CreatedGroup = {}): Promise<void> {
      await createFeatureGroup(local.stores, {
        FeatureGroupName: GROUP,
        RecordIdentifierFeatureName: 'Id',
        EventTimeFeatureName: 'At',
        FeatureDefinitions: [...keys, ...features],
        OnlineStoreConfig: { EnableOnlineStore: true },
        OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://history/orders' } },
        ...more,
      })
    },
    async put(values: Values, more: object = {}): Promise<void> {
      await putRecord(local.stores, { FeatureGroupName: GROUP, Record: recordOf(values), ...more })
    },
    /** What is live in a group, by identifier. */
    live: (name = GROUP) => liveRecords(local, { name, now: now() }),
    /** Empties the online store without a trace, as its loss would. */
    async lose(): Promise<void> {
      const { groupId } = await groupOf(local, GROUP)
      while (await local.stores.writer.removeGroup(groupId, 10_000));
    },
    async close(): Promise<void> {
      await local.close()
      if (failures.length > 0) throw new AggregateError(failures, 'the store had trouble that no test has seen')
    },
  }
}

export type RestoredStore = Awaited<ReturnType<typeof openRestoredStore>>

export interface Values {
  [feature: string]: string | string[] | undefined
}

interface CreatedGroup {
  FeatureGroupName?: string
  features?: Definition[]
  /** The definitions of the identifier `Id` and the event time `At`. */
  keys?: Definition[]
  OnlineStoreConfig?: object
  OfflineStoreConfig?: object | undefined
}

function recordOf(values: Values) {
  return Object.entries(values).flatMap(([FeatureName, value]) => {
    if (value === undefined) return []
    return [
      typeof value === 'string' ? { FeatureName, ValueAsString: value } : { FeatureName, ValueAsStringList: value },
    ]
  })
}

async function groupOf({ stores }: LocalStores, name: string) {
  const group = await stores.catalog.get(name)
  if (group === undefined) throw new Error(`there is no group ${name}`)
  return group
}

/** What is live online, by identifier: event time and values, numbers as numbers. */
async function liveRecords(local: LocalStores, { name, now }: { name: string; now: number }) {
  const group = await groupOf(local, name)
  const types = new Map(group.FeatureDefinitions.map(({ FeatureName, FeatureType }) => [FeatureName, FeatureType]))
  const byValue = (name: string, text: string) => {
    const type = types.get(name)
    return type === 'Integral' ? BigInt(text) : type === 'Fractional' ? Number(text) : text
  }
  const found: { [identifier: string]: unknown } = {}
  let after: string | undefined
  do {
    const options = { shard: 0, limit: 1_000, ...(after !== undefined && { after }) }
    const page = await local.stores.online.scan(group.groupId, options)
    for (const record of page.records) {
      if (record.isDeleted || isExpired(record, now)) continue
      const values = JSON.parse(record.features) as { FeatureName: string; [member: string]: unknown }[]
      const features = values.map(({ FeatureName, ValueAsString, ValueAsStringList }) => {
        const list = ValueAsStringList as string[] | undefined
        return [
          FeatureName,
          list?.map((text) => byValue(FeatureName, text)) ?? byValue(FeatureName, String(ValueAsString)),
        ]
      })
      found[String(byValue('Id', record.identifier))] = { eventTime: record.eventTime, features }
    }
    after = page.next
  } while (after !== undefined)
  return found
}
