import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { openLocalStores } from '../local/stores.ts'
import { tableDirectory } from '../local/table-directory.ts'
import type { FeatureGroup } from '../store/groups/feature-group.ts'
import { appendRows } from '../store/offline/iceberg/append.ts'
import { tableFiles } from '../store/offline/iceberg/table-files.ts'
import { createFeatureGroup } from '../store/operations/create-feature-group.ts'
import { parseEventTime } from '../store/records/event-time.ts'
import { loggedRow } from './logged-rows.ts'
import { GROUP, GROUP_REQUEST, recordJson } from './records.ts'

const ROWS_PER_COMMIT = 25_000
/** Versions that a record has on average. */
const VERSIONS = 10

/** Fills a data directory with a history of that many rows, ten for each record, and answers its group. */
export async function makeHistory(dataDirectory: string, count: number): Promise<FeatureGroup> {
  const group = await createGroup(dataDirectory)
  const files = tableFiles(join(dataDirectory, 'offline', tableDirectory(group)))
  for (let first = 0; first < count; first += ROWS_PER_COMMIT) {
    const size = Math.min(ROWS_PER_COMMIT, count - first)
    const rows = Array.from({ length: size }, (_, index) =>
      loggedRow(group, first + index, (first + index) % (count / VERSIONS)),
    )
    await appendRows(files, group, rows, Date.now())
  }
  return group
}

async function createGroup(dataDirectory: string): Promise<FeatureGroup> {
  const fail = (error: unknown) => {
    throw error
  }
  const where = { dataDirectory, account: '000000000000', region: 'us-east-1' }
  const local = await openLocalStores({ ...where, onError: fail, onFatal: fail })
  await createFeatureGroup(local.stores, GROUP_REQUEST)
  const group = await local.stores.catalog.get(GROUP)
  await local.close()
  if (group === undefined) throw new Error(`the group ${GROUP} was not created`)
  return group
}

/** Writes a base of that many rows to a Parquet file: records in no order, at times all over the history. */
export async function makeBase(connection: DuckDBConnection, path: string, count: number): Promise<void> {
  const start = parseEventTime(/"(2[^"]+Z)"/.exec(recordJson(0))?.[1] ?? '', 'String')
  const end = parseEventTime(/"(2[^"]+Z)"/.exec(recordJson(count))?.[1] ?? '', 'String')
  await connection.run(`COPY (
    SELECT 'loan-' || lpad((hash(i) % ${count / VERSIONS})::VARCHAR, 9, '0') AS loan_id,
      make_timestamp((${start} + hash(i + 1) % ${end - start})::BIGINT) AS "time", i AS label
    FROM range(${count}) AS t(i)
  ) TO '${path}' (FORMAT parquet)`)
}
