import { Aws, CfnOutput, Duration } from 'aws-cdk-lib'
import { Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Construct } from 'constructs'
import { INGEST_PREFIX } from '../store/imports/object-names.ts'
import { FileBucket } from './file-bucket.ts'
import type { HistoryStream } from './history-stream.ts'
import { type FunctionDefaults, OperationFunction } from './operation-function.ts'
import { allowHistory, allowOn, historyEnvironment } from './runtime-functions.ts'
import type { Tables } from './tables.ts'
import { WorkQueue } from './work-queue.ts'

export interface IngestFilesProps extends FunctionDefaults {
  readonly tables: Tables
  readonly history: HistoryStream
  readonly outbox: WorkQueue
}

const TIMEOUT = Duration.minutes(15)
/** A processor, and room for pieces of large objects. */
const MEMORY_MEGABYTES = 1_769
/** So many parts of files are loaded at once. */
const MAX_CONCURRENCY = 5

/**
 * A bucket whose files are written to the stores, the queue of what is to be done with them, and the function that does
 * it. What a store does not take comes again for about a day, at most a quarter of an hour apart.
 */
export class IngestFiles extends Construct {
  readonly files: FileBucket
  readonly work: WorkQueue
  readonly made: OperationFunction

  constructor(scope: Construct, id: string, props: IngestFilesProps) {
    super(scope, id)
    this.files = new FileBucket(this, 'Files', props.settings)
    this.work = new WorkQueue(this, 'Work', {
      handlerTimeout: TIMEOUT,
      maxTries: 100,
      // A file whose worker has stopped should not wait for long: a message is one file or a part of it.
      visibilityTimeout: Duration.minutes(16),
    })
    this.tellOfFiles()
    this.made = this.makeFunction(props)
    this.made.function.addEventSource(
      new SqsEventSource(this.work.queue, { batchSize: 1, maxConcurrency: MAX_CONCURRENCY }),
    )
    const outputs = {
      IngestBucket: this.files.bucket.bucketName,
      IngestFilesQueueUrl: this.work.queue.queueUrl,
      IngestFilesDeadLettersUrl: this.work.deadLetters.queueUrl,
    }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(scope, name, { value })
  }

  /** Brings the news of each file to the queue. */
  private tellOfFiles(): void {
    const { queue, deadLetters: deadLetterQueue } = this.work
    new Rule(this, 'Rule', {
      description: 'Files to the feature store',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [this.files.bucket.bucketName] }, object: { key: [{ prefix: INGEST_PREFIX }] } },
      },
      targets: [new SqsQueue(queue, { deadLetterQueue })],
    })
  }

  private makeFunction(props: IngestFilesProps): OperationFunction {
    const { tables, settings, vpc } = props
    const made = new OperationFunction(this, 'Ingest', {
      settings,
      vpc,
      folder: 'ingest-files',
      description: 'Feature store: files of the bucket to the stores',
      timeout: TIMEOUT,
      memorySize: MEMORY_MEGABYTES,
      environment: {
        CATALOG_TABLE: tables.catalog.tableName,
        ONLINE_TABLE: tables.online.tableName,
        FILES_BUCKET: this.files.bucket.bucketName,
        FILES_URL: this.work.queue.queueUrl,
        ...historyEnvironment(props),
      },
    })
    allowOn(made, tables.catalog, 'GetItem', 'Query', 'PutItem', 'DeleteItem')
    allowOn(made, tables.online, 'PutItem', 'UpdateItem', 'DeleteItem')
    allowHistory(made, props)
    made.allow(this.work.queue.queueArn, 'sqs:SendMessage')
    made.allow(`arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:event-bus/default`, 'events:PutEvents')
    this.files.allowIngesting(made)
    return made
  }
}

/** The bucket of files and what reads it, if the settings turn it on. */
export function makeIngestFiles(scope: Construct, props: IngestFilesProps): IngestFiles | undefined {
  return props.settings.ingestFiles === 'on' ? new IngestFiles(scope, 'IngestFiles', props) : undefined
}
