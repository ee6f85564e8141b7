import type { DuckDBConnection } from '@duckdb/node-api'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { columnName, type IcebergPrimitive } from '../../store/offline/iceberg/schema.ts'
import { sqlName } from '../../store/offline/sql/quote.ts'
import type { Histories } from '../history/histories.ts'
import { historyColumns, historySql } from '../history/relation.ts'
import type { AsofJoin, JoinedGroup } from './asof-join.ts'
import { assertReadable } from './base-check.ts'
import { type BaseColumn, type BaseFile, baseColumn, countRows, openBase } from './base-file.ts'
import { identifierSql, TIMES, timeSql } from './base-keys.ts'
import { datasetColumns, type GroupChoice } from './dataset-columns.ts'

export interface JoinOptions {
  /** A CSV or Parquet file of entities and times. */
  base: string
  /** Its columns with the identifier and the time of each row. */
  id: string
  time: string
  choices: GroupChoice[]
  /** Only rows of the history that were written by then, in milliseconds since the epoch. */
  writtenBy?: number
}

interface Planned {
  connection: DuckDBConnection
  histories: Histories
  base: BaseFile
  baseRows: number
  writtenBy?: number
}

/** A history with more than so many times the rows of the base is cut down to the base's records before it is sorted. */
const SPARSE = 4

/** What is joined with what. Throws for a base that cannot be read, and for columns and features that are not there. */
export async function planJoin(
  connection: DuckDBConnection,
  histories: Histories,
  { base: baseName, id, time, choices, writtenBy }: JoinOptions,
): Promise<AsofJoin> {
  const base = await openBase(connection, baseName)
  const idColumn = baseColumn(base, id)
  const timeColumn = baseColumn(base, time)
  const names = base.columns.map(({ name }) => name)
  const columns = datasetColumns(names, choices)
  const read = timeSql(timeColumn)
  await assertReadable(connection, base, { column: timeColumn.name, read, allowed: TIMES, isOptional: false })
  const planned = { connection, histories, base, baseRows: await countRows(connection, base), writtenBy }
  const groups: JoinedGroup[] = []
  for (const [index, { group }] of choices.entries()) {
    groups.push({ ...(await joinedGroup(planned, group, idColumn)), columns: columns[index] ?? [] })
  }
  return { base, time: read, groups }
}

async function joinedGroup(
  planned: Planned,
  group: FeatureGroup,
  idColumn: BaseColumn,
): Promise<Omit<JoinedGroup, 'columns'>> {
  const { histories, base, baseRows, writtenBy } = planned
  const identifier = columnName(group.RecordIdentifierFeatureName)
  const key = await readableKey(planned, group, idColumn)
  const { files, rowCount } = await histories.read(group)
  const all = historySql(group, { files, writtenBy })
  const some = `SELECT * FROM (${all}) WHERE ${sqlName(identifier)} IN (SELECT ${key} FROM (${base.sql}))`
  return { key, history: rowCount > SPARSE * baseRows ? some : all, files, identifier }
}

/** The identifier in the base as SQL has it. Throws for the first one that no record of the group can have. */
async function readableKey({ connection, base }: Planned, group: FeatureGroup, column: BaseColumn): Promise<string> {
  const identifier = columnName(group.RecordIdentifierFeatureName)
  const type = historyColumns(group).find((field) => field.name === identifier)?.type as IcebergPrimitive
  const key = identifierSql(column, type)
  if (type === 'string') return key
  const number = type === 'long' ? 'a whole number of 64 bits' : 'a number'
  const allowed = `${number}, as the identifiers of ${group.FeatureGroupName} are`
  await assertReadable(connection, base, { column: column.name, read: key, allowed, isOptional: true })
  return key
}
