import { type CleanupStores, groupCleanupStep } from './group-cleanup.ts'
import type { Job, JobKind, JobStep, Progress } from './job-queue.ts'

/** What the steps of all jobs work on. */
export type JobStores = CleanupStores

const STEPS: { [kind in JobKind]?: (stores: JobStores, job: Job) => Promise<Progress> } = {
  'group-cleanup': groupCleanupStep,
}

/** Does a step of a job of any kind. Throws for a kind that has no steps. */
export function jobSteps(stores: JobStores): JobStep {
  return async (job) => {
    const step = STEPS[job.kind]
    if (step !== undefined) return await step(stores, job)
    throw new Error(`a job of kind '${job.kind}' cannot be done: it must be one of ${Object.keys(STEPS).join(', ')}`)
  }
}
