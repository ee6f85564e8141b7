import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodbFileImports } from '../../store/catalog/file-imports-dynamodb.ts'
import { createCatalogTables, sqliteCatalog } from '../../store/catalog/sqlite.ts'
import type { ImportSummary } from '../../store/imports/import-events.ts'
import type { ImportStores } from '../../store/imports/import-stores.ts'
import { startImport } from '../../store/imports/start-import.ts'
import { fileImportStep } from '../../store/jobs/file-import-step.ts'
import { filePartStep } from '../../store/jobs/file-part-step.ts'
import type { Job } from '../../store/jobs/job-queue.ts'
import { logTables } from '../../store/offline/log-tables.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { CLIENT } from '../../test/aws/dynalite.ts'
import { GROUP, GROUP_REQUEST } from '../records.ts'
import { fileObjects } from './file-objects.ts'

/** What it took to load a file. */
export interface Loaded {
  rowsPerSecond: number
  /** The most memory that the process has had resident. */
  peakBytes: number
}

const [path = '', endpoint = '', table = ''] = process.argv.slice(2)
const client = new DynamoDBClient({ ...CLIENT, endpoint })
const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-import-'))
const db = new DatabaseSync(':memory:')
createCatalogTables(db)
const jobs: Job[] = []
const ended: ImportSummary[] = []
const key = `ingest/${GROUP}/${basename(path)}`
const stores: ImportStores = {
  catalog: sqliteCatalog(db),
  // What reading takes is measured: the stores only acknowledge.
  writer: { write: async (changes) => changes.map(() => ({ result: 'applied' })), removeGroup: async () => false },
  account: '000000000000',
  region: 'us-east-1',
  now: Date.now,
  imports: dynamodbFileImports(client, table),
  bucket: 'files',
  objects: fileObjects({ key, path }, directory),
  jobs: {
    enqueue(job) {
      jobs.push(job)
    },
  },
  events: {
    async ended(summary) {
      ended.push(summary)
    },
  },
  hasTime: () => true,
  token: () => randomBytes(4).toString('hex'),
}
const control = { ...stores, shardCount: 1, tables: logTables }
await createFeatureGroup(control, GROUP_REQUEST)
const startedAt = performance.now()
const first = await startImport(stores, { key, etag: path, bytes: (await stat(path)).size })
if (first !== undefined) jobs.push(first)
for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
  const step = job.kind === 'file-part' ? filePartStep : fileImportStep
  while ((await step(stores, job)) !== 'done');
}
const seconds = (performance.now() - startedAt) / 1_000
const [summary] = ended
if (summary?.Status !== 'Ingested' || summary.RowsRefused > 0)
  throw new Error(`the file was not ingested: ${summary?.Error}`)
const loaded: Loaded = {
  rowsPerSecond: summary.RowsRead / seconds,
  peakBytes: process.resourceUsage().maxRSS * 1_024,
}
process.stdout.write(JSON.stringify(loaded))
client.destroy()
await rm(directory, { recursive: true })
