import type { SQSRecord } from 'aws-lambda'
import type { ReceivedMessage } from '../../store/events/retry-later-sqs.ts'
import type { ImportStores } from '../../store/imports/import-stores.ts'
import { readNotification } from '../../store/imports/read-notification.ts'
import { startImport } from '../../store/imports/start-import.ts'
import type { Job } from '../../store/jobs/job-queue.ts'
import { jobSteps } from '../../store/jobs/job-steps.ts'
import { runJobMessage } from '../../store/jobs/run-job-message.ts'

/** What the bit takes that is under way when a step comes to its end, with the tries of its calls. */
const MIN_TIME_LEFT_MS = 30_000

export interface FileRun {
  stores: Omit<ImportStores, 'hasTime'>
  resume: (job: Job, afterMs: number) => Promise<void>
  retryLater: (messages: ReceivedMessage[]) => Promise<void>
  /** How long this process may still run, in milliseconds. */
  timeLeftMs: () => number
}

/**
 * Does what a message asks for: imports the file that it tells of, or goes on with one; what that takes is loaded with
 * the first. Throws when that has failed for now: the message comes again, after a growing time.
 */
export async function runFileMessage(
  { body, receiptHandle, attributes }: Pick<SQSRecord, 'body' | 'receiptHandle' | 'attributes'>,
  { stores, resume, retryLater, timeLeftMs }: FileRun,
): Promise<void> {
  const own = { ...stores, hasTime: () => timeLeftMs() > MIN_TIME_LEFT_MS }
  try {
    const message = await jobText(own, body)
    if (message === undefined) return
    const step = jobSteps({
      'file-import': async (job) =>
        await (await import('../../store/jobs/file-import-step.ts')).fileImportStep(own, job),
      'file-part': async (job) => await (await import('../../store/jobs/file-part-step.ts')).filePartStep(own, job),
    })
    await runJobMessage(message, { step, resume, timeLeftMs })
  } catch (error) {
    await retryLater([{ receiptHandle, receiveCount: Number(attributes.ApproximateReceiveCount) }])
    throw error
  }
}

/** The text of the job that a message asks for; undefined for news of an object that is no file to ingest. */
async function jobText(stores: ImportStores, body: string): Promise<string | undefined> {
  const told = readNotification(body)
  if (told === undefined) return body
  if (told.bucket !== stores.bucket) throw new Error(`the bucket of files is ${stores.bucket}, and not ${told.bucket}`)
  const job = await startImport(stores, told.object)
  return job && JSON.stringify(job)
}
