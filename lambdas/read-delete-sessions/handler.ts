import { getDeleteSession } from '../../store/operations/get-delete-session.ts'
import { listDeleteSessions } from '../../store/operations/list-delete-sessions.ts'
import { deletesJson } from '../../store/protocol/deletes-json.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { httpHandler } from '../http-handler.ts'
import { sessionStores } from '../session-stores.ts'

const stores = sessionStores(dynamodbClient())

/** Answers GET /delete and GET /delete/{session}. */
export const handler = httpHandler(
  deletesJson({
    ListDeleteSessions: (request) => listDeleteSessions(stores, request),
    GetDeleteSession: (session) => getDeleteSession(stores, session),
  }),
)
