import type { Context, SQSEvent } from 'aws-lambda'
import { readEnvironment } from '../../store/environment.ts'
import { lateJobs } from '../late-jobs.ts'
import { lateRetries } from '../late-retries.ts'
import { withPowertools } from '../with-powertools.ts'
import { importStores } from './import-stores.ts'
import { runFileMessage } from './run-file-message.ts'

const { FILES_URL: queueUrl } = readEnvironment('FILES_URL')
const jobs = lateJobs(queueUrl)
const options = { stores: importStores(jobs), resume: jobs.resume, retryLater: lateRetries(queueUrl) }

/** Imports the files that messages tell of, and goes on with those that have begun. */
export const handler = withPowertools(async ({ Records }: SQSEvent, context: Context): Promise<void> => {
  const timeLeftMs = () => context.getRemainingTimeInMillis()
  for (const record of Records) await runFileMessage(record, { ...options, timeLeftMs })
})
