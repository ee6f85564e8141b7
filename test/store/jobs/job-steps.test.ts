import { expect, it } from 'vitest'
import { groupCleanupStep } from '../../../store/jobs/group-cleanup.ts'
import type { Job } from '../../../store/jobs/job-queue.ts'
import { jobSteps } from '../../../store/jobs/job-steps.ts'
import { openControlPlane } from '../control-plane.ts'

it('does a step of the kind of the job', async () => {
  const step = jobSteps({ 'group-cleanup': (job) => groupCleanupStep(openControlPlane().stores, job) })
  expect(await step({ kind: 'group-cleanup', groupId: 'unknown' })).toBe('done')
})

it('refuses a job of a kind that has no steps', async () => {
  const step = jobSteps({ 'group-cleanup': (job) => groupCleanupStep(openControlPlane().stores, job) })
  const unknown = JSON.parse('{"kind":"other","groupId":"a"}') as Job
  await expect(step(unknown)).rejects.toThrow(/'other'.*must be one of .*group-cleanup/)
})
