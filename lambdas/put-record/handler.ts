import { putRecord } from '../../store/operations/put-record.ts'
import { restJson } from '../../store/protocol/rest-json.ts'
import { httpHandler } from '../http-handler.ts'
import { writeStores } from '../write-stores.ts'

const stores = writeStores()

/** Answers PutRecord. */
export const handler = httpHandler(restJson({ PutRecord: (input) => putRecord(stores, input) }))
