import { Duration } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'

export interface WorkQueueProps {
  /** How long the function that empties the queue may take. */
  readonly handlerTimeout: Duration
  /** After how many tries a message is set aside. */
  readonly maxTries: number
}

/** The most that SQS allows: a row of history is alone in a message when it is large. */
const MAX_MESSAGE_BYTES = 1_048_576

/** A queue with a place for the messages that failed too often: they stay there for 14 days, to be sent again. */
export class WorkQueue extends Construct {
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, { handlerTimeout, maxTries }: WorkQueueProps) {
    super(scope, id)
    const kept = {
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    }
    this.deadLetters = new Queue(this, 'DeadLetters', kept)
    acknowledge(this.deadLetters, 'AwsSolutions-SQS3', 'This queue is itself the place for dead letters')
    this.queue = new Queue(this, 'Queue', {
      ...kept,
      // Six times the function's: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(handlerTimeout.toSeconds() * 6),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: maxTries },
    })
  }
}
