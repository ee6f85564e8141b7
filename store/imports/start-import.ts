import { createHash } from 'node:crypto'
import type { Job } from '../jobs/job-queue.ts'
import { NO_ROWS, type ObjectVersion } from './file-import.ts'
import type { ImportStores } from './import-stores.ts'
import { groupOfKey } from './object-names.ts'

const ID_CHARS = 32

/**
 * Enters a file that was put into the bucket in the ledger, unless it is there; answers the job that imports it. A
 * version of an object is imported once, however often it is told of. Undefined for an object that is no file to ingest.
 */
export async function startImport(
  { imports, now, bucket }: Pick<ImportStores, 'imports' | 'now' | 'bucket'>,
  object: ObjectVersion,
): Promise<Job | undefined> {
  const featureGroupName = groupOfKey(object.key)
  if (featureGroupName === undefined) return undefined
  const id = importId(bucket, object)
  const startedAt = now()
  await imports.create({
    id,
    revision: 1,
    object,
    featureGroupName,
    status: 'Processing',
    phase: 'split',
    parts: 0,
    counts: NO_ROWS,
    startedAt,
    updatedAt: startedAt,
  })
  return { kind: 'file-import', groupId: '', session: id }
}

function importId(bucket: string, { key, version, etag }: ObjectVersion): string {
  return createHash('sha256')
    .update(JSON.stringify([bucket, key, version ?? null, version === undefined ? etag : null]))
    .digest('hex')
    .slice(0, ID_CHARS)
}
