import { failDeleteSession } from '../../store/jobs/fail-delete-session.ts'
import { failRestore } from '../../store/jobs/fail-restore.ts'
import type { JobEnds } from '../../store/jobs/job-failure.ts'
import type { Job, JobKind } from '../../store/jobs/job-queue.ts'
import type { RestoreStores } from '../../store/restores/restore-stores.ts'
import { loggable, logger } from '../logger.ts'
import { addCount } from '../metrics.ts'

/** How the work of jobs is ended that have failed for good. Erasures are delete sessions. */
export function jobEnds(stores: Pick<RestoreStores, 'sessions' | 'restorations' | 'jobs' | 'now'>): JobEnds {
  return {
    'delete-session': (job, error) => failDeleteSession(stores, job, error),
    restore: (job, error) => failRestore(stores, job, error),
  }
}

const GIVEN_UP: { [kind in JobKind]?: string } = {
  'delete-session': 'a delete session has failed',
  restore: 'a restore was given up',
}

/** Counts and logs a job that was given up. A restore is counted when it has ended. */
export function reportGivenUp({ kind, session }: Job, error: unknown): void {
  if (kind === 'delete-session') addCount('FailedSessions', 1)
  logger.error(GIVEN_UP[kind] ?? `a job of kind ${kind} was given up`, { session, error: loggable(error) })
}
