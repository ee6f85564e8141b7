import { listRecords } from '../../store/operations/list-records.ts'
import { restJson } from '../../store/protocol/rest-json.ts'
import { httpHandler } from '../http-handler.ts'
import { readStores } from '../read-stores.ts'

const stores = readStores()

/** Answers ListRecords. */
export const handler = httpHandler(restJson({ ListRecords: (input) => listRecords(stores, input) }))
