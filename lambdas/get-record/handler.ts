import { getRecord } from '../../store/operations/get-record.ts'
import { restJson } from '../../store/protocol/rest-json.ts'
import { httpHandler } from '../http-handler.ts'
import { readStores } from '../read-stores.ts'

const stores = readStores()

/** Answers GetRecord. */
export const handler = httpHandler(restJson({ GetRecord: (input) => getRecord(stores, input) }))
