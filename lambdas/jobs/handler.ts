import type { Context, SQSEvent, SQSRecord } from 'aws-lambda'
import { readEnvironment } from '../../store/environment.ts'
import { deleteSessionStep } from '../../store/jobs/delete-session-step.ts'
import { groupCleanupStep } from '../../store/jobs/group-cleanup.ts'
import { jobFailure } from '../../store/jobs/job-failure.ts'
import { jobSteps } from '../../store/jobs/job-steps.ts'
import { runJobMessage } from '../../store/jobs/run-job-message.ts'
import { sqsJobQueue } from '../../store/jobs/sqs.ts'
import { logError } from '../logger.ts'
import { addCount } from '../metrics.ts'
import { sqsClient } from '../sqs-client.ts'
import { withPowertools } from '../with-powertools.ts'
import { jobStores } from './job-stores.ts'

const { JOBS_URL } = readEnvironment('JOBS_URL')
const jobs = sqsJobQueue(sqsClient(), JOBS_URL)
const stores = jobStores()
const step = jobSteps({
  'group-cleanup': (job) => groupCleanupStep(stores, job),
  'delete-session': (job) => deleteSessionStep(stores, job),
})
const logGivenUp = logError('a delete session has failed')

function onGivenUp(error: unknown): void {
  addCount('FailedSessions', 1)
  logGivenUp(error)
}

/** Steps through long jobs of every kind, a job for each message. */
export const handler = withPowertools(async ({ Records }: SQSEvent, context: Context): Promise<void> => {
  const timeLeftMs = () => context.getRemainingTimeInMillis()
  for (const { body, receiptHandle, attributes } of Records) {
    const postpone = (seconds: number) => jobs.postpone(receiptHandle, seconds)
    const onFailure = jobFailure({ ...stores, jobs }, { receives: receivesOf(attributes), postpone, onGivenUp })
    await runJobMessage(body, { step, resume: jobs.resume, timeLeftMs, onFailure })
  }
})

function receivesOf({ ApproximateReceiveCount }: SQSRecord['attributes']): number {
  return Number(ApproximateReceiveCount)
}
