import { batchGetRecord } from '../../store/operations/batch-get-record.ts'
import { restJson } from '../../store/protocol/rest-json.ts'
import { httpHandler } from '../http-handler.ts'
import { readStores } from '../read-stores.ts'

const stores = readStores()

/** Answers BatchGetRecord. */
export const handler = httpHandler(restJson({ BatchGetRecord: (input) => batchGetRecord(stores, input) }))
