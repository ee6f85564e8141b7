import { randomBytes } from 'node:crypto'
import { dynamodbFileImports } from '../../store/catalog/file-imports-dynamodb.ts'
import { readEnvironment } from '../../store/environment.ts'
import type { ImportEvents } from '../../store/imports/import-events.ts'
import { eventBridgeImportEvents } from '../../store/imports/import-events-eventbridge.ts'
import type { ImportStores } from '../../store/imports/import-stores.ts'
import { s3Objects } from '../../store/imports/objects-s3.ts'
import type { JobQueue } from '../../store/jobs/job-queue.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { eventBridgeClient } from '../eventbridge-client.ts'
import { addCount, metrics } from '../metrics.ts'
import { s3Client } from '../s3-client.ts'
import { writeStores } from '../write-stores.ts'

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
    objects: s3Objects(s3Client(), bucket),
    events: counted(eventBridgeImportEvents(eventBridgeClient())),
    jobs,
    token: () => randomBytes(TOKEN_BYTES).toString('hex'),
  }
}

function counted(events: ImportEvents): ImportEvents {
  return {
    async ended(summary) {
      await events.ended(summary)
      metrics.addDimension('operation', 'IngestFiles')
      addCount('Files', 1)
      addCount('FailedFiles', summary.Status === 'Failed' ? 1 : 0)
      addCount('FileRows', summary.RowsRead)
      addCount('RefusedRows', summary.RowsRefused)
    },
  }
}
