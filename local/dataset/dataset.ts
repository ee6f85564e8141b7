import { extname } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { sqlText } from '../../store/offline/sql/quote.ts'
import { namingDamagedFile } from '../history/damaged-file.ts'
import { type EngineOptions, withEngine } from '../history/engine.ts'
import type { Histories } from '../history/histories.ts'
import { writeWhole } from '../history/write-whole.ts'
import { asofJoinSql } from './asof-join.ts'
import { basePath, DATA_FORMATS, readingBase } from './base-file.ts'
import { type JoinOptions, planJoin } from './plan-join.ts'
import { selectForCsv, selectForParquet } from './select-column.ts'

export interface DatasetOptions extends JoinOptions, Pick<EngineOptions, 'memoryLimit' | 'signal'> {
  /** A CSV or Parquet file, which is there when all of it is. */
  output: string
  /** Told how far it has come, in percent. */
  onProgress: (percentage: number) => void
}

const PROGRESS_INTERVAL_MS = 100

/** Writes the training set; answers how many rows it has. Throws for a base that cannot be read and columns it lacks. */
export async function writeDataset(histories: Histories, options: DatasetOptions): Promise<number> {
  const { base, output, memoryLimit, signal } = options
  const format = DATA_FORMATS[extname(output).toLowerCase()]
  if (format === undefined) throw new Error(`the format of ${output} is not known: it must end in .csv or .parquet`)
  let rows = 0
  await writeWhole(output, async (path) => {
    const files = [basePath(base), path]
    await withEngine({ memoryLimit, signal, directories: [histories.offlinePath], files }, async (connection) => {
      const join = await planJoin(connection, histories, options)
      const select = format === 'csv' ? selectForCsv : await selectForParquet(connection, join.base)
      const target = `${sqlText(path)} (FORMAT ${format}${format === 'csv' ? ', HEADER' : ', COMPRESSION zstd'})`
      const sql = `COPY (${asofJoinSql(join, select)}) TO ${target}`
      const read = [...(join.base.isCsv ? [] : [join.base.path]), ...join.groups.flatMap((group) => group.files)]
      rows = await readingBase(join.base, () =>
        namingDamagedFile(connection, read, () => copy(connection, sql, options.onProgress)),
      )
    })
  })
  return rows
}

async function copy(
  connection: DuckDBConnection,
  sql: string,
  onProgress: DatasetOptions['onProgress'],
): Promise<number> {
  const timer = setInterval(() => onProgress(connection.progress.percentage), PROGRESS_INTERVAL_MS)
  try {
    const [row] = (await connection.runAndReadAll(sql)).getRows()
    return Number(row?.[0])
  } finally {
    clearInterval(timer)
  }
}
