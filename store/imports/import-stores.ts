import type { FileImports } from '../catalog/file-imports.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { WriteStores } from '../stores.ts'
import type { ImportEvents } from './import-events.ts'
import type { Objects } from './objects.ts'

/** What the jobs of files work on. */
export interface ImportStores extends WriteStores {
  imports: FileImports
  objects: Objects
  jobs: JobQueue
  events: ImportEvents
  /** The bucket of the files. */
  bucket: string
  /** False when a step should come to its end, so that another process goes on. */
  hasTime: () => boolean
  /** A short text that hardly any other call has answered. */
  token: () => string
  /** Of how many bytes of text a part is at least. @default - 16 MiB */
  partBytes?: number
  /** Of how many rows of Parquet a part is at least. @default - 100,000 */
  partRows?: number
  /** How many rows are written before that is written down. @default - 1,000 */
  rowsAtOnce?: number
  /** The base of the waits before rows are written again that a store did not take, in milliseconds. @default - 100 */
  backoffMs?: number
}
