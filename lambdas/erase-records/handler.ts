import { getRecordErasure } from '../../store/operations/get-record-erasure.ts'
import { startRecordErasure } from '../../store/operations/start-record-erasure.ts'
import { historyJson } from '../../store/protocol/history-json.ts'
import { erasureStores } from '../delete-stores.ts'
import { httpHandler } from '../http-handler.ts'

const stores = erasureStores()

/** Answers POST /erase and GET /erase/{ErasureId}. */
export const handler = httpHandler(
  historyJson({
    EraseRecords: (input, caller) => startRecordErasure(stores, input, caller),
    GetErasure: (erasureId) => getRecordErasure(stores, erasureId),
  }),
)
