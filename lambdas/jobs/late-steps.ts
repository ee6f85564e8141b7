import { afterRestore } from '../../store/jobs/after-restore.ts'
import type { JobStep } from '../../store/jobs/job-queue.ts'
import { jobSteps } from '../../store/jobs/job-steps.ts'
import type { ReplayStores } from '../../store/restores/restore-stores.ts'
import type { SessionStores } from '../../store/stores.ts'
import { loadOnce } from '../load-once.ts'

/** The steps of jobs of every kind; what it takes to do one is loaded with the first of its kind. */
export function lateSteps(stores: SessionStores & Omit<ReplayStores, 'replay'>): JobStep {
  const loadRestore = loadOnce(async () => (await import('./restore-job.ts')).restoreJob(stores))
  return jobSteps({
    'group-cleanup': afterRestore(stores.restorations, async (job) => {
      const { groupCleanupStep } = await import('../../store/jobs/group-cleanup.ts')
      return await groupCleanupStep(stores, job)
    }),
    'delete-session': afterRestore(stores.restorations, async (job) => {
      const { deleteSessionStep } = await import('../../store/jobs/delete-session-step.ts')
      return await deleteSessionStep(stores, job)
    }),
    restore: async (job) => await (await loadRestore())(job),
  })
}
