import { deleteRecord } from '../../store/operations/delete-record.ts'
import { restJson } from '../../store/protocol/rest-json.ts'
import { httpHandler } from '../http-handler.ts'
import { writeStores } from '../write-stores.ts'

const stores = writeStores()

/** Answers DeleteRecord. */
export const handler = httpHandler(restJson({ DeleteRecord: (input) => deleteRecord(stores, input) }))
