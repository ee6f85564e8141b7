import type { Variable } from '../../store/environment.ts'

/** Values for all that a handler reads from its environment. */
export const VARIABLES = {
  ACCOUNT: '123456789012',
  CATALOG_TABLE: 'catalog',
  GROUP_MAX_AGE_SECONDS: '5',
  ONLINE_TABLE: 'online',
  HISTORY_STREAM: 'history',
  OUTBOX_URL: 'http://127.0.0.1:9/outbox',
  JOBS_URL: 'http://127.0.0.1:9/jobs',
  INGEST_URL: 'http://127.0.0.1:9/ingest',
  DEAD_LETTERS_URL: 'http://127.0.0.1:9/dead-letters',
  FILES_BUCKET: 'files',
  FILES_URL: 'http://127.0.0.1:9/files',
  SHARD_COUNT: '8',
  DATABASE: 'cairn_offline',
  WAREHOUSE: 's3://warehouse/warehouse',
  OPTIMIZER_ROLE: 'arn:aws:iam::123456789012:role/optimizer',
  UNDO_DAYS: '7',
  WORK_GROUP: 'cairn',
  EXTRACTS: 's3://warehouse/extracts/',
  CAIRN_IGNORE_DELETE: 'a-session',
  SETTLE_SECONDS: '900',
} satisfies { [name in Variable]: string }
