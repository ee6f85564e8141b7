import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { readEnvironment } from '../store/environment.ts'
import { dynamodbEraser } from '../store/online/dynamodb-erase.ts'
import type { ErasureStores } from '../store/operations/start-record-erasure.ts'
import type { DeleteStores } from '../store/stores.ts'
import { dynamodbClient } from './dynamodb-client.ts'
import { groupStores } from './group-stores.ts'
import { lateJobs } from './late-jobs.ts'
import { readStores } from './read-stores.ts'
import { restorationStores } from './restoration-stores.ts'
import { sessionStores } from './session-stores.ts'

/** The ledger of delete sessions, and the queue of those who do what it asks for. */
export function queuedStores(client: DynamoDBClient): Pick<DeleteStores, 'sessions' | 'jobs' | 'now'> {
  return { ...sessionStores(client), jobs: lateJobs() }
}

/** What the functions that accept sessions work on. They read records to tell what a session would delete. */
export function startStores(): DeleteStores {
  const client = dynamodbClient()
  const undoDays = Number(readEnvironment('UNDO_DAYS').UNDO_DAYS)
  return { ...readStores(client), ...queuedStores(client), undoDays }
}

/** What the function that erases records works on. */
export function erasureStores(): ErasureStores {
  const client = dynamodbClient()
  const { ONLINE_TABLE } = readEnvironment('ONLINE_TABLE')
  const stores = { ...groupStores(client), ...queuedStores(client), ...restorationStores(client) }
  return { ...stores, eraseOnline: dynamodbEraser(client, ONLINE_TABLE) }
}
