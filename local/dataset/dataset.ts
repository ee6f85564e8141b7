import { extname } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { FeatureGroup } from '../../store/feature-group.ts'
import { columnName, type IcebergPrimitive } from '../../store/offline/iceberg/schema.ts'
import { sqlText } from '../../store/offline/sql/quote.ts'
import { namingDamagedFile } from '../history/damaged-file.ts'
import { type EngineOptions, withEngine } from '../history/engine.ts'
import type { Histories } from '../history/histories.ts'
import { historyColumns, historySql } from '../history/relation.ts'
import { writeWhole } from '../history/write-whole.ts'
import { type AsofJoin, asofJoinSql, type JoinedGroup } from './asof-join.ts'
import { assertReadable } from './base-check.ts'
import {
  type BaseColumn,
  type BaseFile,
  baseColumn,
  basePath,
  DATA_FORMATS,
  openBase,
  readingBase,
} from './base-file.ts'
import { identifierSql, TIMES, timeSql } from './base-keys.ts'
import { datasetColumns, type GroupChoice } from './dataset-columns.ts'
import { selectForCsv, selectForParquet } from './select-column.ts'

export interface DatasetOptions extends Pick<EngineOptions, 'memoryLimit' | 'signal'> {
  /** A CSV or Parquet file of entities and times. */
  base: string
  /** Its columns with the identifier and the time of each row. */
  id: string
  time: string
  choices: GroupChoice[]
  /** A CSV or Parquet file, which is there when all of it is. */
  output: string
  /** Only rows of the history that were written by then, in milliseconds since the epoch. */
  writtenBy?: number
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

async function planJoin(
  connection: DuckDBConnection,
  histories: Histories,
  { base: baseName, id, time, choices, writtenBy }: DatasetOptions,
): Promise<AsofJoin> {
  const base = await openBase(connection, baseName)
  const idColumn = baseColumn(base, id)
  const timeColumn = baseColumn(base, time)
  const columns = datasetColumns(
    base.columns.map(({ name }) => name),
    choices,
  )
  const read = timeSql(timeColumn)
  await assertReadable(connection, base, { column: timeColumn.name, read, allowed: TIMES, isOptional: false })
  const groups: JoinedGroup[] = []
  for (const [index, { group }] of choices.entries()) {
    const key = await identifierKey(connection, base, idColumn, group)
    const { files } = await histories.read(group)
    const history = historySql(group, { files, writtenBy })
    const identifier = columnName(group.RecordIdentifierFeatureName)
    groups.push({ key, history, files, identifier, columns: columns[index] ?? [] })
  }
  return { base, time: read, groups }
}

async function identifierKey(
  connection: DuckDBConnection,
  base: BaseFile,
  column: BaseColumn,
  group: FeatureGroup,
): Promise<string> {
  const identifier = columnName(group.RecordIdentifierFeatureName)
  const type = historyColumns(group).find((field) => field.name === identifier)?.type as IcebergPrimitive
  const key = identifierSql(column, type)
  const allowed = `${type === 'long' ? 'a whole number of 64 bits' : 'a number'}, as the identifiers of ${group.FeatureGroupName} are`
  if (type !== 'string') {
    await assertReadable(connection, base, { column: column.name, read: key, allowed, isOptional: true })
  }
  return key
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
