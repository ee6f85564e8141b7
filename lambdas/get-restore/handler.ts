import { getRestore } from '../../store/operations/get-restore.ts'
import { restoresJson } from '../../store/protocol/restores-json.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { httpHandler } from '../http-handler.ts'
import { restorationStores } from '../restoration-stores.ts'

const stores = restorationStores(dynamodbClient())

/** Answers GET /restore/{RestoreId}. */
export const handler = httpHandler(restoresJson({ GetRestore: (id) => getRestore(stores, id) }))
