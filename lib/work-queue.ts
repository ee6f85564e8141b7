import { Duration } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'

export interface WorkQueueProps {
  /** How long the function that empties the queue may take. */
  readonly handlerTimeout: Duration
  /** After how many tries a message is set aside. */
  readonly maxTries: number
  /** For how long a message is hidden from others once it is received. @default - six times what the function may take */
  readonly visibilityTimeout?: Duration
}

/** The most that SQS allows: a row of history is alone in a message when it is large. */
const MAX_MESSAGE_BYTES = 1_048_576

/** A queue with a place for the messages that failed too often: they stay there for 14 days, to be sent again. */
export class WorkQueue extends Construct {
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, { handlerTimeout, maxTries, visibilityTimeout }: WorkQueueProps) {
    super(scope, id)
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    const sixTimes = Duration.seconds(handlerTimeout.toSeconds() * 6)
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
      visibilityTimeout: visibilityTimeout ?? sixTimes,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: maxTries },
    })
  }
}
