import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import type { ReplayScope } from '../../store/offline/history-replay.ts'
import { sqlText } from '../../store/offline/sql/quote.ts'
import { replaySql } from '../../store/offline/sql/replay.ts'
import { namingDamagedFile } from './damaged-file.ts'
import { withEngine } from './engine.ts'
import { historySql } from './relation.ts'
import { writeWhole } from './write-whole.ts'

export interface Extraction {
  group: FeatureGroup
  scope: ReplayScope
  /** The Parquet files of the history, which lie in `directory`. */
  files: string[]
  directory: string
  /** A Parquet file, which is there when all of it is. */
  output: string
  signal: AbortSignal
}

const MEMORY_LIMIT = '1GB'
/** The least that DuckDB has: a reader decodes so many rows at once. */
const ROWS_PER_GROUP = 2_048

/** Writes the latest version of each record of a history, as `replaySql` selects it. Throws for a file that is damaged. */
export async function extractLatest({ group, scope, files, directory, output, signal }: Extraction): Promise<void> {
  const from = `(${historySql(group, { files })}) AS "history"`
  const sql = replaySql({ group, scope, from, micros: (column) => `epoch_us(${column})` })
  await writeWhole(output, async (path) => {
    const target = `${sqlText(path)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${ROWS_PER_GROUP})`
    const access = { directories: [directory], files: [path] }
    await withEngine({ memoryLimit: MEMORY_LIMIT, signal, ...access }, async (connection) => {
      await namingDamagedFile(connection, files, () => connection.run(`COPY (${sql}) TO ${target}`))
    })
  })
}
