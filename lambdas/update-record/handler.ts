import { updateRecord } from '../../store/operations/update-record.ts'
import { restJson } from '../../store/protocol/rest-json.ts'
import { httpHandler } from '../http-handler.ts'
import { writeStores } from '../write-stores.ts'

const stores = writeStores()

/** Answers UpdateRecord. */
export const handler = httpHandler(restJson({ UpdateRecord: (input) => updateRecord(stores, input) }))
