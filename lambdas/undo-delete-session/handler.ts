import { undoDeleteSession } from '../../store/operations/undo-delete-session.ts'
import { deletesJson } from '../../store/protocol/deletes-json.ts'
import { queuedStores } from '../delete-stores.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { httpHandler } from '../http-handler.ts'

const stores = queuedStores(dynamodbClient())

/** Answers POST /delete/{session}/undo. */
export const handler = httpHandler(
  deletesJson({ UndoDeleteSession: (session, caller) => undoDeleteSession(stores, session, caller) }),
)
