import { startRestore } from '../../store/operations/start-restore.ts'
import { restoresJson } from '../../store/protocol/restores-json.ts'
import { httpHandler } from '../http-handler.ts'
import { restoreStores } from './restore-stores.ts'

const stores = restoreStores()

/** Answers POST /restore. */
export const handler = httpHandler(
  restoresJson({ StartRestore: (input, caller) => startRestore(stores, input, caller) }),
)
