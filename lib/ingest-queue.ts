import { Duration } from 'aws-cdk-lib'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Construct } from 'constructs'
import type { Variable } from '../store/environment.ts'
import type { HistoryStream } from './history-stream.ts'
import { type FunctionDefaults, OperationFunction } from './operation-function.ts'
import { allowHistory, allowOn, historyEnvironment } from './runtime-functions.ts'
import type { Tables } from './tables.ts'
import { WorkQueue } from './work-queue.ts'

export interface IngestionProps extends FunctionDefaults {
  readonly tables: Tables
  readonly history: HistoryStream
  readonly outbox: WorkQueue
}

const TIMEOUT = Duration.seconds(60)

/**
 * A queue whose messages are events, and the function that writes them to the stores. What is refused goes to the
 * dead-letter queue at once; what a store does not take comes again for about a day, at most a quarter of an hour apart.
 */
export class IngestQueue extends Construct {
  readonly work: WorkQueue
  readonly made: OperationFunction

  constructor(scope: Construct, id: string, props: IngestionProps) {
    super(scope, id)
    this.work = new WorkQueue(this, 'Events', { handlerTimeout: TIMEOUT, maxTries: 100 })
    this.made = ingestFunction(this, props, {
      folder: 'ingest-queue',
      description: 'Feature store: events of the queue to the stores',
      deadLetters: this.work,
      environment: { INGEST_URL: this.work.queue.queueUrl },
    })
    this.made.function.addEventSource(
      new SqsEventSource(this.work.queue, {
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(1),
        // Each writes up to 50 records at once.
        maxConcurrency: 20,
        reportBatchItemFailures: true,
      }),
    )
  }
}

interface IngestFunction {
  readonly folder: string
  readonly description: string
  /** Where refused events go. */
  readonly deadLetters: WorkQueue
  readonly environment?: { readonly [name in Variable]?: string }
}

/** A function that makes every kind of write, and sets events aside that are refused. */
export function ingestFunction(
  scope: Construct,
  props: IngestionProps,
  { folder, description, deadLetters, environment }: IngestFunction,
): OperationFunction {
  const { tables, settings, vpc } = props
  const made = new OperationFunction(scope, 'Ingest', {
    settings,
    vpc,
    folder,
    description,
    timeout: TIMEOUT,
    environment: {
      CATALOG_TABLE: tables.catalog.tableName,
      ONLINE_TABLE: tables.online.tableName,
      DEAD_LETTERS_URL: deadLetters.deadLetters.queueUrl,
      ...historyEnvironment(props),
      ...environment,
    },
  })
  allowOn(made, tables.catalog, 'GetItem')
  allowOn(made, tables.online, 'PutItem', 'UpdateItem', 'DeleteItem')
  allowHistory(made, props)
  made.allow(deadLetters.deadLetters.queueArn, 'sqs:SendMessage')
  return made
}
