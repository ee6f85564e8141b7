import type { Context, SQSEvent } from 'aws-lambda'
import { readEnvironment } from '../../store/environment.ts'
import { sqsRetryLater } from '../../store/events/retry-later-sqs.ts'
import { sqsJobQueue } from '../../store/jobs/sqs.ts'
import { logError } from '../logger.ts'
import { sqsClient } from '../sqs-client.ts'
import { withPowertools } from '../with-powertools.ts'
import { importStores } from './import-stores.ts'
import { runFileMessage } from './run-file-message.ts'

const { FILES_URL: queueUrl } = readEnvironment('FILES_URL')
const sqs = sqsClient()
const jobs = sqsJobQueue(sqs, queueUrl)
const options = {
  stores: importStores(jobs),
  resume: jobs.resume,
  retryLater: sqsRetryLater(sqs, { queueUrl, onError: logError('a message comes again later than it could') }),
}

/** Imports the files that messages tell of, and goes on with those that have begun. */
export const handler = withPowertools(async ({ Records }: SQSEvent, context: Context): Promise<void> => {
  const timeLeftMs = () => context.getRemainingTimeInMillis()
  for (const record of Records) await runFileMessage(record, { ...options, timeLeftMs })
})
