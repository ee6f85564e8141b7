import { Construct } from 'constructs'
import { DELETE_ROUTES } from '../store/protocol/delete-routes.ts'
import { HISTORY_ROUTES } from '../store/protocol/history-routes.ts'
import { type FunctionDefaults, OperationFunction } from './operation-function.ts'
import { allowOn } from './runtime-functions.ts'
import type { Tables } from './tables.ts'
import type { WorkQueue } from './work-queue.ts'

interface Access {
  folder: string
  description: string
  /** What it does with the ledger, which the catalog's table has. */
  catalog: string[]
  /** What it does with the online table: to tell what a session would delete, it reads it. */
  online: string[]
  /** Whether it has a job done. */
  startsJobs: boolean
}

const READS = ['GetItem', 'Query']
const STARTS = ['GetItem', 'PutItem']
const CHANGES = ['GetItem', 'PutItem', 'DeleteItem']

/** A function for each right that a team may want to give to one and not to another. */
const ACCESS = {
  StartDeleteSession: {
    folder: 'start-delete-session',
    description: 'delete sessions that can be undone, or hard ones',
    catalog: CHANGES,
    online: ['Query'],
    startsJobs: true,
  },
  StartErasure: {
    folder: 'start-erasure',
    description: 'delete sessions that erase',
    catalog: CHANGES,
    online: ['Query'],
    startsJobs: true,
  },
  ReadDeleteSessions: {
    folder: 'read-delete-sessions',
    description: 'the status of delete sessions',
    catalog: READS,
    online: [],
    startsJobs: false,
  },
  CancelDeleteSession: {
    folder: 'cancel-delete-session',
    description: 'the end of delete sessions that are under way',
    catalog: CHANGES,
    online: [],
    startsJobs: false,
  },
  EraseRecords: {
    folder: 'erase-records',
    description: 'the erasure of records',
    catalog: STARTS,
    online: ['DeleteItem'],
    startsJobs: true,
  },
  UndoDeleteSession: {
    folder: 'undo-delete-session',
    description: 'the undoing of delete sessions',
    catalog: CHANGES,
    online: [],
    startsJobs: true,
  },
} satisfies { [id: string]: Access }

type DeleteFunction = keyof typeof ACCESS

/** The routes to them. */
export const ROUTES_TO_DELETE = {
  ...DELETE_ROUTES,
  EraseRecords: HISTORY_ROUTES.EraseRecords,
  GetErasure: HISTORY_ROUTES.GetErasure,
}

export type DeleteOperation = keyof typeof ROUTES_TO_DELETE

/** Which function answers which operation. */
const ANSWERED_BY: { [operation in DeleteOperation]: DeleteFunction } = {
  StartDeleteSession: 'StartDeleteSession',
  StartErasure: 'StartErasure',
  ListDeleteSessions: 'ReadDeleteSessions',
  GetDeleteSession: 'ReadDeleteSessions',
  CancelDeleteSession: 'CancelDeleteSession',
  UndoDeleteSession: 'UndoDeleteSession',
  EraseRecords: 'EraseRecords',
  GetErasure: 'EraseRecords',
}

export interface DeleteFunctionsProps extends FunctionDefaults {
  readonly tables: Tables
  readonly jobs: WorkQueue
}

/** The functions behind the routes of delete sessions. Only the one that erases records deletes any: jobs do the rest. */
export class DeleteFunctions extends Construct {
  readonly all: OperationFunction[]
  readonly byOperation: { readonly [operation in DeleteOperation]: OperationFunction }

  constructor(scope: Construct, id: string, props: DeleteFunctionsProps) {
    super(scope, id)
    const made = new Map(Object.entries(ACCESS).map(([name, access]) => [name, this.makeFunction(name, access, props)]))
    this.all = [...made.values()]
    const answering = Object.entries(ANSWERED_BY).map(([operation, name]) => [operation, made.get(name)])
    this.byOperation = Object.fromEntries(answering) as DeleteFunctions['byOperation']
  }

  private makeFunction(id: string, access: Access, { tables, jobs, settings, vpc }: DeleteFunctionsProps) {
    const { folder, description, catalog, online, startsJobs } = access
    const made = new OperationFunction(this, id, {
      settings,
      vpc,
      folder,
      description: `Feature store: ${description}`,
      environment: {
        CATALOG_TABLE: tables.catalog.tableName,
        ...(online.length > 0 && { ONLINE_TABLE: tables.online.tableName }),
        ...(online.includes('Query') && { UNDO_DAYS: String(settings.undoDays) }),
        ...(startsJobs && { JOBS_URL: jobs.queue.queueUrl }),
      },
    })
    allowOn(made, tables.catalog, ...catalog)
    if (online.length > 0) allowOn(made, tables.online, ...online)
    if (startsJobs) made.allow(jobs.queue.queueArn, 'sqs:SendMessage')
    return made
  }
}
