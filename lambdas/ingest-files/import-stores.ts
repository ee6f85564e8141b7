import { randomBytes } from 'node:crypto'
import { dynamodbFileImports } from '../../store/catalog/file-imports-dynamodb.ts'
import { readEnvironment } from '../../store/environment.ts'
import type { ImportEvents } from '../../store/imports/import-events.ts'
import type { ImportStores } from '../../store/imports/import-stores.ts'
import type { JobQueue } from '../../store/jobs/job-queue.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { addCount, metrics } from '../metrics.ts'
import { writeStores } from '../write-stores.ts'
import { lateEvents } from './late-events.ts'
import { lateObjects } from './late-objects.ts'

/** Enough to tell two workers at the same rows apart; the ledger has a token for each thousand of them with refused ones. */
const TOKEN_BYTES = 4

/** What files are imported with, by the environment of the function. */
export function importStores(jobs: JobQueue): Omit<ImportStores, 'hasTime'> {
  const client = dynamodbClient()
  const { CATALOG_TABLE, FILES_BUCKET: bucket } = readEnvironment('CATALOG_TABLE', 'FILES_BUCKET')
  return {
    ...writeStores(client),
    imports: dynamodbFileImports(client, CATALOG_TABLE),
    bucket,
    objects: lateObjects(bucket),
    events: counted(lateEvents()),
    jobs,
    token: () => randomBytes(TOKEN_BYTES).toString('hex'),
  }
}

function counted(events: ImportEvents): ImportEvents {
  return {
    async ended(summary) {
      await events.ended(summary)
      metrics().addDimension('operation', 'IngestFiles')
      addCount('Files', 1)
      addCount('FailedFiles', summary.Status === 'Failed' ? 1 : 0)
      addCount('FileRows', summary.RowsRead)
      addCount('RefusedRows', summary.RowsRefused)
    },
  }
}
