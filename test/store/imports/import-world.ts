import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodbFileImports } from '../../../store/catalog/file-imports-dynamodb.ts'
import type { ObjectVersion } from '../../../store/imports/file-import.ts'
import type { ImportSummary } from '../../../store/imports/import-events.ts'
import type { ImportStores } from '../../../store/imports/import-stores.ts'
import { resultKey } from '../../../store/imports/object-names.ts'
import { startImport } from '../../../store/imports/start-import.ts'
import { fileImportStep } from '../../../store/jobs/file-import-step.ts'
import { filePartStep } from '../../../store/jobs/file-part-step.ts'
import type { Job, Progress } from '../../../store/jobs/job-queue.ts'
import { temporaryDirectory } from '../../bin/temporary-directory.ts'
import { type Faults, openFlakyStores } from '../events/flaky-stores.ts'
import { directoryObjects } from './directory-objects.ts'

/** What the result object of a file holds. */
export interface Result extends ImportSummary {
  RefusedRows: { Line: number; Reason: string; Row: unknown }[]
}

export interface WorldOptions extends Partial<Faults> {
  client: DynamoDBClient
  table: string
  /** How many bytes of text, and rows of Parquet, a part has, and how many rows are written at once. */
  sizes?: { partBytes: number; partRows: number; rowsAtOnce: number }
}

let worlds = 0
const SIZES = { partBytes: 300, partRows: 7, rowsAtOnce: 3 }

/** Both stores with the group `g`, the ledger, a bucket, and a queue of jobs that are stepped by whoever holds it. */
export async function openImportWorld(options: WorldOptions) {
  const { client, table, sizes = SIZES, notTaken = 0, lost = 0, random = Math.random } = options
  const opened = await openFlakyStores({ notTaken, lost, random })
  const objects = directoryObjects(temporaryDirectory())
  const jobs: Job[] = []
  const events: ImportSummary[] = []
  let tokens = 0
  const stores: ImportStores = {
    ...opened.stores,
    imports: dynamodbFileImports(client, table),
    // The ledger tells the files of worlds apart by their buckets.
    bucket: `files-${++worlds}`,
    objects,
    events: {
      async ended(summary) {
        events.push(summary)
      },
    },
    jobs: {
      async enqueue(job) {
        jobs.push(job)
      },
    },
    hasTime: () => true,
    token: () => String(++tokens),
    backoffMs: 1,
    ...sizes,
  }

  function step(through: ImportStores, job: Job): Promise<Progress> {
    return job.kind === 'file-part' ? filePartStep(through, job) : fileImportStep(through, job)
  }

  return {
    ...opened,
    stores,
    objects,
    jobs,
    events,
    /** Tells the store of an object. */
    async notify(object: ObjectVersion, through = stores): Promise<void> {
      const job = await startImport(through, object)
      if (job !== undefined) jobs.push(job)
    },
    step,
    /** Does all jobs, one step after the other. */
    async run(): Promise<void> {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
        while ((await step(stores, job)) !== 'done');
      }
    },
    async resultOf(key: string): Promise<Result> {
      return JSON.parse((await objects.read({ key: resultKey(key) })).toString())
    },
  }
}

export type ImportWorld = Awaited<ReturnType<typeof openImportWorld>>
