import { sqsJobQueue } from '../store/jobs/sqs.ts'
import { sqsClient } from './sqs-client.ts'

/** The queue of jobs at that address. */
export function queuedJobs(queueUrl: string) {
  return sqsJobQueue(sqsClient(), queueUrl)
}
