import { Construct } from 'constructs'
import type { RestoreOperation } from '../store/protocol/restore-routes.ts'
import { type FunctionDefaults, OperationFunction } from './operation-function.ts'
import { allowOn } from './runtime-functions.ts'
import type { Settings } from './settings.ts'
import type { Tables } from './tables.ts'
import type { WorkQueue } from './work-queue.ts'

export interface RestoreFunctionsProps extends FunctionDefaults {
  readonly tables: Tables
  readonly jobs: WorkQueue
}

/** The functions behind the routes of restores. They touch no record: a job does what they accept. */
export class RestoreFunctions extends Construct {
  readonly all: OperationFunction[]
  readonly byOperation: { readonly [operation in RestoreOperation]: OperationFunction }

  constructor(scope: Construct, id: string, props: RestoreFunctionsProps) {
    super(scope, id)
    this.byOperation = {
      StartRestore: this.makeStartRestore(props),
      GetRestore: this.makeGetRestore(props),
    }
    this.all = Object.values(this.byOperation)
  }

  /** It reads the online table to tell whether there are live records, and the catalog for the sessions to be ignored. */
  private makeStartRestore({ tables, jobs, settings, vpc }: RestoreFunctionsProps): OperationFunction {
    const made = new OperationFunction(this, 'StartRestore', {
      settings,
      vpc,
      folder: 'start-restore',
      description: 'Feature store: restores of online stores from their history',
      environment: {
        CATALOG_TABLE: tables.catalog.tableName,
        ONLINE_TABLE: tables.online.tableName,
        JOBS_URL: jobs.queue.queueUrl,
        ...ignoredDeletes(settings),
      },
    })
    allowOn(made, tables.catalog, 'GetItem', 'PutItem')
    allowOn(made, tables.online, 'Query')
    made.allow(jobs.queue.queueArn, 'sqs:SendMessage')
    return made
  }

  private makeGetRestore({ tables, settings, vpc }: RestoreFunctionsProps): OperationFunction {
    const made = new OperationFunction(this, 'GetRestore', {
      settings,
      vpc,
      folder: 'get-restore',
      description: 'Feature store: the status of restores',
      environment: { CATALOG_TABLE: tables.catalog.tableName },
    })
    allowOn(made, tables.catalog, 'GetItem')
    return made
  }
}

function ignoredDeletes({ ignoreDeletes }: Settings): { CAIRN_IGNORE_DELETE?: string } {
  return ignoreDeletes.length === 0 ? {} : { CAIRN_IGNORE_DELETE: ignoreDeletes.join(',') }
}
