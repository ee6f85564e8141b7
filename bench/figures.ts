import { batchGetRecord } from './batch-get-record.ts'
import { batchWriteRecord } from './batch-write-record.ts'
import { commit } from './commit.ts'
import { deleteAll, deleteSession } from './delete-session.ts'
import type { Figure } from './figure.ts'
import { getRecord } from './get-record.ts'
import { ingestCsv, ingestParquet } from './ingest-file.ts'
import { join } from './join.ts'
import { listRecords } from './list-records.ts'
import { memory } from './memory.ts'
import { putRecord } from './put-record.ts'
import { writeWhileCommitting } from './write-while-committing.ts'

/** Every figure, in the order in which they are measured: reads first, while nothing else is written. */
export const FIGURES: Figure[] = [
  memory,
  listRecords,
  getRecord,
  batchGetRecord,
  batchWriteRecord,
  putRecord,
  ingestCsv,
  ingestParquet,
  deleteSession,
  deleteAll,
  commit,
  writeWhileCommitting,
  join,
]
