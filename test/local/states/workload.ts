import { setTimeout as pause } from 'node:timers/promises'
import { openLocalStores } from '../../../local/stores.ts'
import { batchWriteRecord } from '../../../store/operations/batch-write-record.ts'
import { createFeatureGroup } from '../../../store/operations/create-feature-group.ts'
import { deleteRecord } from '../../../store/operations/delete-record.ts'
import { eraseRecords } from '../../../store/operations/erase-records.ts'
import { updateFeatureGroup } from '../../../store/operations/update-feature-group.ts'
import { erasedBy, GROUP, type PlannedRow, REQUESTS_PER_ERASURE, requestOf } from './plan.ts'
import { progressOfThreads, SLOT } from './progress.ts'

/** Writes, commits and erases in the store of a data directory; prints how many calls changed a file. */

const [, , dataDirectory = '', erasures = '1'] = process.argv
const progress = progressOfThreads(true)

const fail = (error: unknown) => {
  throw error
}
const where = { dataDirectory, account: '000000000000', region: 'us-east-1', commitAgeMs: 3_600_000 }
const local = await openLocalStores({ ...where, onError: fail, onFatal: fail })

async function send(rows: PlannedRow[]): Promise<void> {
  const [{ kind, identifier, at } = fail(new Error('a request has rows'))] = rows
  if (kind === 'put') {
    const { Errors, UnprocessedEntries } = await batchWriteRecord(local.stores, { Entries: rows.map(entryOf) })
    if (Errors.length + UnprocessedEntries.length > 0) throw new Error(JSON.stringify({ Errors, UnprocessedEntries }))
    return
  }
  const DeletionMode = kind === 'softDelete' ? 'SoftDelete' : 'HardDelete'
  const record = { FeatureGroupName: GROUP, RecordIdentifierValueAsString: identifier, DeletionMode }
  await deleteRecord(local.stores, { ...record, EventTime: String(at) })
}

function entryOf({ identifier, at }: PlannedRow) {
  const Record = [
    { FeatureName: 'id', ValueAsString: identifier },
    { FeatureName: 'at', ValueAsString: String(at) },
    { FeatureName: 'note', ValueAsString: `of ${identifier}` },
  ]
  return { FeatureGroupName: GROUP, Record }
}

async function write(): Promise<void> {
  for (let number = 1; number <= Number(erasures) * REQUESTS_PER_ERASURE; number++) {
    await send(requestOf(number))
    Atomics.store(progress, SLOT.acknowledged, number)
  }
}

async function reached(number: number): Promise<void> {
  while (Atomics.load(progress, SLOT.acknowledged) < number) await pause(1)
}

async function commitAndErase(): Promise<void> {
  for (let index = 0; index < Number(erasures); index++) {
    const start = index * REQUESTS_PER_ERASURE
    await reached(start + 10)
    await local.history.flush()
    if (index === 1) await addFeature()
    await reached(start + 20)
    await local.history.flush()
    await reached(start + 26)
    const request = { FeatureGroupName: GROUP, RecordIdentifiersValueAsString: [erasedBy(index)] }
    await eraseRecords(local.stores, local.history, request)
    Atomics.store(progress, SLOT.erased, index + 1)
  }
}

const addFeature = () =>
  updateFeatureGroup(local.stores, {
    FeatureGroupName: GROUP,
    FeatureAdditions: [{ FeatureName: 'later', FeatureType: 'Integral' }],
  })

await createFeatureGroup(local.stores, {
  FeatureGroupName: GROUP,
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'at',
  FeatureDefinitions: [
    { FeatureName: 'id', FeatureType: 'String' },
    { FeatureName: 'at', FeatureType: 'Fractional' },
    { FeatureName: 'note', FeatureType: 'String' },
  ],
  OnlineStoreConfig: { EnableOnlineStore: true },
  OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://history/kept' } },
})
await Promise.all([write(), commitAndErase()])
await local.close()
process.stdout.write(`${Atomics.load(progress, SLOT.points)}\n`)
