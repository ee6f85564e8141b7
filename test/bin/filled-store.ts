import { openLocalStores } from '../../local/stores.ts'
import type { FeatureDefinition } from '../../store/groups/feature-group.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { deleteRecord } from '../../store/operations/delete-record.ts'
import { putRecord } from '../../store/operations/put-record.ts'

export type Values = { [feature: string]: string | string[] | null }

/** The embedded store on a data directory, with what a test writes to it; `failures` collects what went wrong inside. */
export async function openFilledStore(dataDirectory: string, now?: () => number) {
  const failures: unknown[] = []
  const fail = (error: unknown) => failures.push(error)
  const where = { dataDirectory, account: '000000000000', region: 'us-east-1' }
  const local = await openLocalStores({ ...where, now, onError: fail, onFatal: fail })

  return {
    stores: local.stores,
    /** Makes a group with the features `id` and `at`, text unless `features` says else, and these. */
    async createGroup(name: string, features: FeatureDefinition[]): Promise<void> {
      const own = ['id', 'at'].filter((key) => !features.some(({ FeatureName }) => FeatureName === key))
      const keys = own.map((FeatureName) => ({ FeatureName, FeatureType: 'String' }) as const)
      await createFeatureGroup(local.stores, {
        FeatureGroupName: name,
        RecordIdentifierFeatureName: 'id',
        EventTimeFeatureName: 'at',
        FeatureDefinitions: [...keys, ...features],
        OnlineStoreConfig: { EnableOnlineStore: true },
        OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://history/x' } },
      })
    },
    async put(group: string, values: Values): Promise<void> {
      const features = Object.entries(values).map(([FeatureName, value]) => {
        if (value === null) return { FeatureName }
        return typeof value === 'string'
          ? { FeatureName, ValueAsString: value }
          : { FeatureName, ValueAsStringList: value }
      })
      await putRecord(local.stores, { FeatureGroupName: group, Record: features })
    },
    async remove(group: string, id: string, at: string, mode: 'SoftDelete' | 'HardDelete' = 'SoftDelete') {
      const record = { FeatureGroupName: group, RecordIdentifierValueAsString: id, EventTime: at }
      await deleteRecord(local.stores, { ...record, DeletionMode: mode })
    },
    flush: () => local.history.flush(),
    async close(): Promise<void> {
      await local.close()
      if (failures.length > 0) throw new AggregateError(failures, 'the store had trouble that no test has seen')
    },
  }
}

export type FilledStore = Awaited<ReturnType<typeof openFilledStore>>
