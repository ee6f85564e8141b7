import { batchWriteRecord } from '../../store/operations/batch-write-record.ts'
import { restJson } from '../../store/protocol/rest-json.ts'
import { httpHandler } from '../http-handler.ts'
import { writeStores } from '../write-stores.ts'

const stores = writeStores()

/** Answers BatchWriteRecord. */
export const handler = httpHandler(restJson({ BatchWriteRecord: (input) => batchWriteRecord(stores, input) }))
