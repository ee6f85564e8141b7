import type { History } from '../offline/history.ts'
import { batchGetRecord } from '../operations/batch-get-record.ts'
import { batchWriteRecord } from '../operations/batch-write-record.ts'
import { cancelDeleteSession } from '../operations/cancel-delete-session.ts'
import { deleteRecord } from '../operations/delete-record.ts'
import { eraseRecords } from '../operations/erase-records.ts'
import { flushHistory } from '../operations/flush-history.ts'
import { getDeleteSession } from '../operations/get-delete-session.ts'
import { getRecord } from '../operations/get-record.ts'
import { getRecordErasure } from '../operations/get-record-erasure.ts'
import { getRestore } from '../operations/get-restore.ts'
import { listDeleteSessions } from '../operations/list-delete-sessions.ts'
import { listRecords } from '../operations/list-records.ts'
import { putRecord } from '../operations/put-record.ts'
import { startDeleteSession } from '../operations/start-delete-session.ts'
import { startRestore } from '../operations/start-restore.ts'
import { undoDeleteSession } from '../operations/undo-delete-session.ts'
import { updateRecord } from '../operations/update-record.ts'
import type { RestoreStores } from '../restores/restore-stores.ts'
import type { Stores } from '../stores.ts'
import { controlPlane } from './control-plane.ts'
import { isDeletePath } from './delete-routes.ts'
import { deletesJson } from './deletes-json.ts'
import { historyJson } from './history-json.ts'
import { isHistoryPath } from './history-routes.ts'
import type { Protocol } from './protocol.ts'
import { type Operation, restJson } from './rest-json.ts'
import { isRestorePath } from './restore-routes.ts'
import { restoresJson } from './restores-json.ts'
import type { RuntimeOperation } from './routes.ts'

/** Here routes are no permissions, so that `POST /delete` takes what `POST /delete/erase` does. */
const EVERY_MODE = ['soft', 'hard', 'erase'] as const

/** The APIs with every operation: which of them answers a request, its path says. */
export function everyOperation(stores: Stores & RestoreStores, history: History): (path: string) => Protocol {
  const operations: { [name in RuntimeOperation]: Operation } = {
    PutRecord: (input) => putRecord(stores, input),
    GetRecord: (input) => getRecord(stores, input),
    DeleteRecord: (input) => deleteRecord(stores, input),
    BatchGetRecord: (input) => batchGetRecord(stores, input),
    BatchWriteRecord: (input) => batchWriteRecord(stores, input),
    ListRecords: (input) => listRecords(stores, input),
    UpdateRecord: (input) => updateRecord(stores, input),
  }
  const runtime = restJson(operations)
  const control = controlPlane(stores)
  const ofHistory = historyJson({
    EraseRecords: (input) => eraseRecords(stores, history, input),
    GetErasure: (erasureId) => getRecordErasure(stores, erasureId),
    FlushHistory: (input) => flushHistory(history, input),
  })
  const deletes = deletesJson({
    StartDeleteSession: (request, caller) => startDeleteSession(stores, request, { ...caller, modes: EVERY_MODE }),
    StartErasure: (request, caller) => startDeleteSession(stores, request, { ...caller, modes: ['erase'] }),
    ListDeleteSessions: (request) => listDeleteSessions(stores, request),
    GetDeleteSession: (session) => getDeleteSession(stores, session),
    CancelDeleteSession: (session, cancellation) => cancelDeleteSession(stores, session, cancellation),
    UndoDeleteSession: (session, caller) => undoDeleteSession(stores, session, caller),
  })
  const restores = restoresJson({
    StartRestore: (input, caller) => startRestore(stores, input, caller),
    GetRestore: (id) => getRestore(stores, id),
  })
  return (path) => {
    if (path === '/') return control
    if (isDeletePath(path)) return deletes
    if (isRestorePath(path)) return restores
    return isHistoryPath(path) ? ofHistory : runtime
  }
}
