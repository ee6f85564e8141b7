import { readEnvironmentList } from '../../store/environment.ts'
import type { RestoreStores } from '../../store/restores/restore-stores.ts'
import { queuedStores } from '../delete-stores.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { readStores } from '../read-stores.ts'
import { restorationStores } from '../restoration-stores.ts'

/** What the function that accepts restores works on. It reads records to tell whether there are any. */
export function restoreStores(): RestoreStores {
  const client = dynamodbClient()
  const ignoredDeletes = readEnvironmentList('CAIRN_IGNORE_DELETE')
  return { ...readStores(client), ...queuedStores(client), ...restorationStores(client), ignoredDeletes }
}
