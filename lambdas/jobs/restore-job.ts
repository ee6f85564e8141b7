import type { JobStep } from '../../store/jobs/job-queue.ts'
import { restoreStep } from '../../store/jobs/restore-step.ts'
import type { ReplayStores } from '../../store/restores/restore-stores.ts'
import { historyReplay } from './history-replay.ts'

/** Steps through restores. Whoever imports this loads the clients of Athena and S3, and a reader of Parquet. */
export function restoreJob(stores: Omit<ReplayStores, 'replay'>): JobStep {
  const replay = historyReplay()
  return (job) => restoreStep({ ...stores, replay }, job)
}
