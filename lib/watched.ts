import type { BackgroundFunctions } from './background-functions.ts'
import type { DeleteFunctions } from './delete-functions.ts'
import type { HistoryStream } from './history-stream.ts'
import type { HttpApi } from './http-api.ts'
import type { IngestFiles } from './ingest-files.ts'
import type { Ingestion } from './ingestion.ts'
import type { OperationFunction } from './operation-function.ts'
import type { RestoreFunctions } from './restore-functions.ts'
import type { SessionSweep } from './session-sweep.ts'
import type { Settings } from './settings.ts'
import type { Tables } from './tables.ts'
import type { WorkQueue } from './work-queue.ts'

/** The parts of a deployment that alarms and the dashboard look at. */
export interface Watched {
  readonly settings: Settings
  readonly api: HttpApi
  /** The functions that answer the requests of SageMaker's API, and what is none. */
  readonly answering: OperationFunction[]
  readonly deletes: DeleteFunctions
  readonly restores: RestoreFunctions
  readonly sweep: SessionSweep
  readonly background: BackgroundFunctions
  readonly tables: Tables
  readonly history: HistoryStream
  readonly outbox: WorkQueue
  readonly jobs: WorkQueue
  /** @default - there is no source of events */
  readonly ingestion?: Ingestion | undefined
  /** @default - there is no bucket of files */
  readonly files?: IngestFiles | undefined
}
