import { Duration } from 'aws-cdk-lib'
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { JOB_RECEIVES } from '../store/jobs/job-tries.ts'
import { acknowledge } from './acknowledge.ts'
import type { AthenaWorkGroup } from './athena-work-group.ts'
import { type HistoryStream, RETRY_SECONDS } from './history-stream.ts'
import { type FunctionDefaults, OperationFunction } from './operation-function.ts'
import { allowHistory, allowOn, historyEnvironment } from './runtime-functions.ts'
import type { Tables } from './tables.ts'
import type { Warehouse } from './warehouse.ts'
import { WorkQueue } from './work-queue.ts'

const OUTBOX_TIMEOUT = Duration.seconds(60)
const JOBS_TIMEOUT = Duration.minutes(5)

/**
 * Rows that Firehose would not take wait here. Firehose may be away for hours: a row is tried for ten, every six
 * minutes, before it is set aside.
 */
export function makeOutbox(scope: Construct): WorkQueue {
  return new WorkQueue(scope, 'Outbox', { handlerTimeout: OUTBOX_TIMEOUT, maxTries: 100 })
}

/** Long work over feature groups, each message a job. */
export function makeJobs(scope: Construct): WorkQueue {
  return new WorkQueue(scope, 'Jobs', { handlerTimeout: JOBS_TIMEOUT, maxTries: JOB_RECEIVES })
}

export interface BackgroundFunctionsProps extends FunctionDefaults {
  readonly tables: Tables
  readonly history: HistoryStream
  readonly outbox: WorkQueue
  readonly jobs: WorkQueue
  readonly workGroup: AthenaWorkGroup
  readonly warehouse: Warehouse
}

/** The functions that nobody calls: they follow the online table and the queues. */
export class BackgroundFunctions extends Construct {
  readonly expiry: OperationFunction
  readonly offlineOutbox: OperationFunction
  readonly jobs: OperationFunction
  /** Where the stream of the online table is told to have been given up. */
  readonly expiryDeadLetters: Queue

  constructor(scope: Construct, id: string, props: BackgroundFunctionsProps) {
    super(scope, id)
    this.expiryDeadLetters = new Queue(this, 'ExpiryDeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    acknowledge(this.expiryDeadLetters, 'AwsSolutions-SQS3', 'This queue is itself the place for dead letters')
    this.expiry = this.makeExpiry(props)
    this.offlineOutbox = this.makeOfflineOutbox(props)
    this.jobs = this.makeJobs(props)
  }

  private makeExpiry(props: BackgroundFunctionsProps): OperationFunction {
    const { tables, settings, vpc } = props
    const made = new OperationFunction(this, 'Expiry', {
      settings,
      vpc,
      folder: 'expiry',
      description: 'Feature store: deletion markers of expired records',
      environment: { CATALOG_TABLE: tables.catalog.tableName, ...historyEnvironment(props) },
      timeout: Duration.seconds(60),
    })
    allowOn(made, tables.catalog, 'GetItem')
    allowHistory(made, props)
    made.function.addEventSource(
      new DynamoEventSource(tables.online, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 500,
        maxBatchingWindow: Duration.seconds(5),
        filters: [REMOVED_BY_TTL],
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        // A stream keeps a record for a day: until then it is worth trying, at most a minute apart.
        retryAttempts: 1_500,
        onFailure: new SqsDlq(this.expiryDeadLetters),
      }),
    )
    return made
  }

  private makeOfflineOutbox(props: BackgroundFunctionsProps): OperationFunction {
    const { tables, history, outbox, settings, vpc } = props
    const made = new OperationFunction(this, 'OfflineOutbox', {
      settings,
      vpc,
      folder: 'offline-outbox',
      description: 'Feature store: rows from the outbox to the history',
      environment: { CATALOG_TABLE: tables.catalog.tableName, HISTORY_STREAM: history.name },
      timeout: OUTBOX_TIMEOUT,
    })
    allowOn(made, tables.catalog, 'GetItem')
    made.allow(history.arn, 'firehose:PutRecordBatch')
    made.function.addEventSource(
      new SqsEventSource(outbox.queue, {
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(1),
        maxConcurrency: 5,
        reportBatchItemFailures: true,
      }),
    )
    return made
  }

  private makeJobs(props: BackgroundFunctionsProps): OperationFunction {
    const { tables, warehouse, jobs, workGroup, settings, vpc } = props
    const made = new OperationFunction(this, 'Jobs', {
      settings,
      vpc,
      folder: 'jobs',
      description: 'Feature store: long jobs over feature groups, such as delete sessions and restores',
      environment: {
        CATALOG_TABLE: tables.catalog.tableName,
        ONLINE_TABLE: tables.online.tableName,
        JOBS_URL: jobs.queue.queueUrl,
        WORK_GROUP: workGroup.name,
        // No row is on its way to its table for longer, but in the outbox.
        SETTLE_SECONDS: String(settings.bufferingSeconds + RETRY_SECONDS),
        EXTRACTS: warehouse.extractsLocation,
        ...historyEnvironment(props),
      },
      timeout: JOBS_TIMEOUT,
    })
    allowOn(made, tables.catalog, 'GetItem', 'Query', 'PutItem', 'DeleteItem')
    allowOn(made, tables.online, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem')
    allowHistory(made, props)
    workGroup.allowErasing(made)
    workGroup.allowExtracting(made)
    made.allow(props.outbox.queue.queueArn, 'sqs:GetQueueAttributes')
    made.allow(jobs.queue.queueArn, 'sqs:SendMessage')
    made.function.addEventSource(new SqsEventSource(jobs.queue, { batchSize: 1, maxConcurrency: 5 }))
    return made
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html */
const REMOVED_BY_TTL = FilterCriteria.filter({
  eventName: FilterRule.isEqual('REMOVE'),
  userIdentity: { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] },
})
