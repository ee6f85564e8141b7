import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs'
import { callFailure } from '../calls/call-failure.ts'

/** Messages that can be received, those that a function has received, and those that come later. */
const COUNTS: QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
]

/**
 * Counts the messages that are in the outbox; SQS may be a minute late with the number. Throws ServiceUnavailable when it
 * does not answer.
 */
export async function sqsOutboxWaiting(client: SQSClient, queueUrl: string): Promise<number> {
  try {
    const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: COUNTS })
    const { Attributes = {} } = await client.send(command)
    return COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0)
  } catch (error) {
    throw callFailure('count what waits in the outbox', error)
  }
}
