import { startDeleteSession } from '../../store/operations/start-delete-session.ts'
import { deletesJson } from '../../store/protocol/deletes-json.ts'
import { startStores } from '../delete-stores.ts'
import { httpHandler } from '../http-handler.ts'

const stores = startStores()
const modes = ['soft', 'hard'] as const

/** Answers POST /delete. */
export const handler = httpHandler(
  deletesJson({
    StartDeleteSession: (request, caller) => startDeleteSession(stores, request, { ...caller, modes }),
  }),
)
