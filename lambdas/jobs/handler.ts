import type { Context, SQSEvent, SQSRecord } from 'aws-lambda'
import { jobFailure } from '../../store/jobs/job-failure.ts'
import { runJobMessage } from '../../store/jobs/run-job-message.ts'
import { withinTries } from '../../store/jobs/within-tries.ts'
import { lateJobs } from '../late-jobs.ts'
import { withPowertools } from '../with-powertools.ts'
import { jobEnds, reportGivenUp as onGivenUp } from './job-ends.ts'
import { jobStores } from './job-stores.ts'
import { lateSteps } from './late-steps.ts'

const jobs = lateJobs()
const stores = jobStores()
const ends = jobEnds({ ...stores, jobs })
const allSteps = lateSteps(stores)

/** Steps through long jobs of every kind, a job for each message. */
export const handler = withPowertools(async ({ Records }: SQSEvent, context: Context): Promise<void> => {
  const timeLeftMs = () => context.getRemainingTimeInMillis()
  for (const { body, receiptHandle, attributes } of Records) {
    const receives = receivesOf(attributes)
    const postpone = (seconds: number) => jobs.postpone(receiptHandle, seconds)
    const onFailure = jobFailure(ends, { receives, postpone, onGivenUp })
    await runJobMessage(body, { step: withinTries(allSteps, receives), resume: jobs.resume, timeLeftMs, onFailure })
  }
})

function receivesOf({ ApproximateReceiveCount }: SQSRecord['attributes']): number {
  return Number(ApproximateReceiveCount)
}
