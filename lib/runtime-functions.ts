import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import { ROUTES, type RuntimeOperation } from '../store/protocol/routes.ts'
import type { HistoryStream } from './history-stream.ts'
import { type FunctionDefaults, OperationFunction } from './operation-function.ts'
import type { Tables } from './tables.ts'
import type { WorkQueue } from './work-queue.ts'

interface Access {
  folder: string
  /** What the operation does with the online table. */
  online: string[]
  /** Whether it appends to the history. */
  writesHistory: boolean
}

const ACCESS: { [operation in RuntimeOperation]: Access } = {
  GetRecord: { folder: 'get-record', online: ['GetItem'], writesHistory: false },
  BatchGetRecord: { folder: 'batch-get-record', online: ['BatchGetItem'], writesHistory: false },
  ListRecords: { folder: 'list-records', online: ['Query'], writesHistory: false },
  PutRecord: { folder: 'put-record', online: ['PutItem'], writesHistory: true },
  BatchWriteRecord: { folder: 'batch-write-record', online: ['PutItem'], writesHistory: true },
  UpdateRecord: { folder: 'update-record', online: ['UpdateItem'], writesHistory: true },
  DeleteRecord: { folder: 'delete-record', online: ['PutItem', 'DeleteItem'], writesHistory: true },
}

export interface RuntimeFunctionsProps extends FunctionDefaults {
  readonly tables: Tables
  readonly history: HistoryStream
  readonly outbox: WorkQueue
}

/** A function for each operation of the runtime API, with the rights that this operation needs. */
export class RuntimeFunctions extends Construct {
  readonly byOperation: { readonly [operation in RuntimeOperation]: OperationFunction }

  constructor(scope: Construct, id: string, props: RuntimeFunctionsProps) {
    super(scope, id)
    const operations = Object.keys(ROUTES) as RuntimeOperation[]
    const made = operations.map((operation) => [operation, this.makeFunction(operation, props)])
    this.byOperation = Object.fromEntries(made) as RuntimeFunctions['byOperation']
  }

  private makeFunction(operation: RuntimeOperation, props: RuntimeFunctionsProps): OperationFunction {
    const { tables, settings, vpc } = props
    const { folder, online, writesHistory } = ACCESS[operation]
    const environment = { CATALOG_TABLE: tables.catalog.tableName, ONLINE_TABLE: tables.online.tableName }
    const made = new OperationFunction(this, operation, {
      settings,
      vpc,
      folder,
      description: `Feature store: ${operation}`,
      environment: writesHistory ? { ...environment, ...historyEnvironment(props) } : environment,
    })
    allowOn(made, tables.catalog, 'GetItem')
    allowOn(made, tables.online, ...online)
    if (writesHistory) allowHistory(made, props)
    return made
  }
}

/** The function that answers requests which are none of the API's. It may do nothing. */
export function makeUnrouted(scope: Construct, { settings, vpc }: FunctionDefaults): OperationFunction {
  const description = 'Feature store: requests that the API does not have'
  return new OperationFunction(scope, 'Unrouted', { settings, vpc, folder: 'unrouted', description, environment: {} })
}

type HistoryProps = Pick<RuntimeFunctionsProps, 'history' | 'outbox'>

/** What a function that appends rows to the history has to know. */
export function historyEnvironment({ history, outbox }: HistoryProps) {
  return { HISTORY_STREAM: history.name, OUTBOX_URL: outbox.queue.queueUrl }
}

/** Lets a function append rows to the history, and to the outbox when the stream does not take them. */
export function allowHistory(made: OperationFunction, { history, outbox }: HistoryProps): void {
  made.allow(history.arn, 'firehose:PutRecordBatch')
  made.allow(outbox.queue.queueArn, 'sqs:SendMessage')
}

/** Lets a function call these actions of DynamoDB on a table. */
export function allowOn(made: OperationFunction, table: TableV2, ...actions: string[]): void {
  made.allow(table.tableArn, ...actions.map((action) => `dynamodb:${action}`))
}
