import type { Context, SQSEvent } from 'aws-lambda'
import { readEnvironment } from '../../store/environment.ts'
import { sqsJobQueue } from '../../store/jobs/sqs.ts'
import { sqsClient } from '../sqs-client.ts'
import { withPowertools } from '../with-powertools.ts'
import { importStores } from './import-stores.ts'
import { runFileMessage } from './run-file-message.ts'

const { FILES_URL } = readEnvironment('FILES_URL')
const jobs = sqsJobQueue(sqsClient(), FILES_URL)
const stores = importStores(jobs)

/** Imports the files that messages tell of, and goes on with those that have begun. */
export const handler = withPowertools(async ({ Records }: SQSEvent, context: Context): Promise<void> => {
  const timeLeftMs = () => context.getRemainingTimeInMillis()
  for (const record of Records) await runFileMessage(record, { stores, jobs, timeLeftMs })
})
