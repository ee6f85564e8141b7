import { cancelDeleteSession } from '../../store/operations/cancel-delete-session.ts'
import { deletesJson } from '../../store/protocol/deletes-json.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { httpHandler } from '../http-handler.ts'
import { sessionStores } from '../session-stores.ts'

const stores = sessionStores(dynamodbClient())

/** Answers POST /delete/{session}/cancel. */
export const handler = httpHandler(
  deletesJson({
    CancelDeleteSession: (session, cancellation) => cancelDeleteSession(stores, session, cancellation),
  }),
)
