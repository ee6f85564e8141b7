import {
  AlreadyExistsException,
  ConcurrentModificationException,
  CreateTableCommand,
  CreateTableOptimizerCommand,
  type CreateTableOptimizerCommandInput,
  DeleteTableCommand,
  EntityNotFoundException,
  GetTableCommand,
  type GlueClient,
  ResourceNumberLimitExceededException,
  type Table,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import { ApiError } from '../api-error.ts'
import { callFailure, wasRepeated } from '../calls/call-failure.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { createTableParams, type Placed, updateTableParams } from './glue-table-params.ts'

export type GlueCalls = ReturnType<typeof glueCalls>

/** The calls to Glue that tables need. They throw ServiceUnavailable, InternalFailure and ResourceLimitExceeded. */
export function glueCalls(client: GlueClient) {
  return {
    /** False when a table of the name exists. */
    async createTable(group: FeatureGroup): Promise<boolean> {
      const command = new CreateTableCommand(createTableParams(group))
      return await settled('create a table for the history', client.send(command), isExisting)
    },
    async getTable({ DatabaseName, Name }: Placed): Promise<Table | undefined> {
      try {
        return (await client.send(new GetTableCommand({ DatabaseName, Name }))).Table
      } catch (error) {
        if (error instanceof EntityNotFoundException) return undefined
        throw glueFailure('read the table of the history', error)
      }
    },
    /** False when the table may have changed in between, by others or by an attempt whose answer was lost. */
    async updateTable(group: FeatureGroup): Promise<boolean> {
      const command = new UpdateTableCommand(updateTableParams(group))
      return await settled('add columns to the table of the history', client.send(command), isChanged)
    },
    /** False when there is no such table. */
    async deleteTable({ DatabaseName, Name }: Placed): Promise<boolean> {
      const command = new DeleteTableCommand({ DatabaseName, Name })
      return await settled('delete the table of the history', client.send(command), isMissing)
    },
    /** False when the table has an optimizer of that type. */
    async createOptimizer(params: CreateTableOptimizerCommandInput): Promise<boolean> {
      const command = new CreateTableOptimizerCommand(params)
      return await settled(`create the ${params.Type} optimizer of a table`, client.send(command), isExisting)
    },
  }
}

const isExisting = (error: unknown) => error instanceof AlreadyExistsException
const isMissing = (error: unknown) => error instanceof EntityNotFoundException
const isChanged = (error: unknown) => error instanceof ConcurrentModificationException || wasRepeated(error)

/** True for a call that succeeded, false for one that failed as it may. */
async function settled(what: string, call: Promise<unknown>, mayFail: (error: unknown) => boolean): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (mayFail(error)) return false
    throw glueFailure(what, error)
  }
}

function glueFailure(what: string, error: unknown): ApiError {
  if (!(error instanceof ResourceNumberLimitExceededException)) return callFailure(what, error)
  return new ApiError('ResourceLimitExceeded', `could not ${what}: a limit of Glue is reached`, { cause: error })
}
