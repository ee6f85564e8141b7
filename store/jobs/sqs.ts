import { SendMessageCommand, type SendMessageCommandInput, type SQSClient } from '@aws-sdk/client-sqs'
import { callFailure } from '../calls/call-failure.ts'
import type { Job, JobQueue } from './job-queue.ts'

/** Until then no process writes to a deleted group any more that it knows from a cache, nor is a request under way. */
const FIRST_DELAY_SECONDS = 60

/**
 * The queue of jobs in SQS; `runJobMessage` does what its messages ask for. A job begins a minute after it was
 * enqueued. Throws ServiceUnavailable when SQS does not take it.
 */
export function sqsJobQueue(client: SQSClient, queueUrl: string) {
  async function send(job: Job, delaySeconds: number): Promise<void> {
    try {
      await client.send(new SendMessageCommand(sendMessageParams(queueUrl, job, delaySeconds)))
    } catch (error) {
      throw callFailure(`queue a job of kind ${job.kind}`, error)
    }
  }

  return {
    enqueue: (job: Job): Promise<void> => send(job, FIRST_DELAY_SECONDS),
    /** Queues the rest of a job that has begun, without delay. */
    resume: (job: Job): Promise<void> => send(job, 0),
  } satisfies JobQueue & Record<string, unknown>
}

export function sendMessageParams(queueUrl: string, job: Job, delaySeconds: number): SendMessageCommandInput {
  return { QueueUrl: queueUrl, MessageBody: JSON.stringify(job), DelaySeconds: delaySeconds }
}
