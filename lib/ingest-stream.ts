import { Duration } from 'aws-cdk-lib'
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis'
import { StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { KinesisEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import { type IngestionProps, ingestFunction } from './ingest-queue.ts'
import type { OperationFunction } from './operation-function.ts'
import { removalPolicyOf } from './settings.ts'
import type { WorkQueue } from './work-queue.ts'

export interface IngestStreamProps extends IngestionProps {
  /** Where refused events go. */
  readonly deadLetters: WorkQueue
}

/** For how long a batch is tried that the function cannot so much as answer for. */
const MAX_AGE = Duration.days(1)
/** Long enough to read the batches again that were given up. */
const RETENTION = Duration.days(7)

/**
 * A Kinesis stream whose records are events, and the function that writes them to the stores. An event that is refused,
 * or that no store takes for an hour, goes to the dead letters: its shard goes on.
 */
export class IngestStream extends Construct {
  readonly stream: Stream
  readonly made: OperationFunction
  /** Where the place in the stream is told of batches that were given up. */
  readonly givenUp: Queue

  constructor(scope: Construct, id: string, props: IngestStreamProps) {
    super(scope, id)
    this.stream = new Stream(this, 'Stream', {
      streamMode: StreamMode.ON_DEMAND,
      encryption: StreamEncryption.MANAGED,
      retentionPeriod: RETENTION,
      removalPolicy: removalPolicyOf(props.settings),
    })
    this.givenUp = new Queue(this, 'GivenUp', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    acknowledge(this.givenUp, 'AwsSolutions-SQS3', 'This queue is itself the place for what was given up')
    this.made = ingestFunction(this, props, {
      folder: 'ingest-stream',
      description: 'Feature store: events of the stream to the stores',
      deadLetters: props.deadLetters,
    })
    this.made.function.addEventSource(
      new KinesisEventSource(this.stream, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 500,
        maxBatchingWindow: Duration.seconds(1),
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        retryAttempts: 10_000,
        maxRecordAge: MAX_AGE,
        onFailure: new SqsDlq(this.givenUp),
      }),
    )
  }
}
