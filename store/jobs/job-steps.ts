import type { JobKind, JobStep } from './job-queue.ts'

/** Does a step of a job of any of these kinds. Throws for another kind. */
export function jobSteps(steps: { [kind in JobKind]?: JobStep }): JobStep {
  return async (job) => {
    const step = steps[job.kind]
    if (step !== undefined) return await step(job)
    throw new Error(`a job of kind '${job.kind}' cannot be done: it must be one of ${Object.keys(steps).join(', ')}`)
  }
}
