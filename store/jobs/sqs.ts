import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { callFailure } from '../calls/call-failure.ts'
import type { Job, JobKind, JobQueue } from './job-queue.ts'

/** Until then no process writes to a deleted group any more that it knows from a cache, nor is a request under way. */
const FIRST_DELAY_SECONDS: { [kind in JobKind]?: number } = { 'group-cleanup': 60 }

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const MAX_DELAY_SECONDS = 900

/**
 * The queue of jobs in SQS; `runJobMessage` does what its messages ask for. A cleanup begins a minute after it was
 * enqueued, other jobs at once. Throws ServiceUnavailable when SQS does not take a job.
 */
export function sqsJobQueue(client: SQSClient, queueUrl: string) {
  async function send(job: Job, delaySeconds: number): Promise<void> {
    try {
      await client.send(new SendMessageCommand(sendMessageParams(queueUrl, job, delaySeconds)))
    } catch (error) {
      throw callFailure(`queue a job of kind ${job.kind}`, error)
    }
  }

  async function postpone(ReceiptHandle: string, VisibilityTimeout: number): Promise<void> {
    try {
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout }))
    } catch (error) {
      throw callFailure('postpone a job', error)
    }
  }

  return {
    enqueue: (job: Job): Promise<void> => send(job, FIRST_DELAY_SECONDS[job.kind] ?? 0),
    /** Queues the rest of a job that has begun: it goes on after so many milliseconds, or after 15 minutes if sooner. */
    resume: (job: Job, afterMs: number): Promise<void> =>
      send(job, Math.min(Math.ceil(afterMs / 1_000), MAX_DELAY_SECONDS)),
    /** Lets a message that was received be received again after so many seconds. */
    postpone,
  } satisfies JobQueue & Record<string, unknown>
}

export function sendMessageParams(queueUrl: string, job: Job, delaySeconds: number): SendMessageCommandInput {
  return { QueueUrl: queueUrl, MessageBody: JSON.stringify(job), DelaySeconds: delaySeconds }
}
