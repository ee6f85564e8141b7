import { columnName, type IcebergPrimitive } from '../../store/offline/iceberg/schema.ts'
import { athenaHistorySql } from '../../store/offline/sql/athena-table.ts'
import { type PointInTimeGroup, pointInTimeSql } from '../../store/offline/sql/point-in-time.ts'
import { type EngineOptions, withEngine } from '../history/engine.ts'
import { historyColumns } from '../history/relation.ts'
import { baseColumn, basePath, openBase } from './base-file.ts'
import { type DatasetColumn, type DatasetGroup, datasetColumns, type GroupChoice } from './dataset-columns.ts'

export interface AthenaDatasetOptions extends Pick<EngineOptions, 'memoryLimit' | 'signal'> {
  /** The file whose columns the table has. */
  base: string
  /** The table with the base's rows, as SQL names it. */
  baseTable: string
  id: string
  time: string
  choices: GroupChoice<DatasetGroup>[]
  /** Only rows of the history that were written by then, in milliseconds since the epoch. */
  writtenBy?: number
}

const KEY_TYPES: Partial<Record<IcebergPrimitive, string>> = { long: 'bigint', double: 'double', string: 'varchar' }

/** The query that makes the training set in Athena, with the columns that it has when it is made here. */
export async function athenaDataset(options: AthenaDatasetOptions): Promise<string> {
  const { base: file, baseTable: table, id, time, choices } = options
  const files = [basePath(file)]
  const base = await withEngine({ ...options, directories: [], files }, (connection) => openBase(connection, file))
  const names = base.columns.map(({ name }) => name)
  const columns = datasetColumns(names, choices)
  const timeColumn = baseColumn(base, time)
  return pointInTimeSql({
    table,
    columns: names,
    id: baseColumn(base, id).name,
    time: timeColumn.name,
    timestamp: (column) => timestampSql(column, timeColumn.type),
    groups: choices.map(({ group }, index) => pointInTimeGroup(group, columns[index] ?? [], options.writtenBy)),
  })
}

function pointInTimeGroup(
  group: DatasetGroup,
  columns: DatasetColumn[],
  writtenBy: number | undefined,
): PointInTimeGroup {
  const identifier = columnName(group.RecordIdentifierFeatureName)
  const type = historyColumns(group).find((field) => field.name === identifier)?.type as IcebergPrimitive
  return {
    history: athenaHistorySql(group, writtenBy === undefined ? undefined : { writtenBy }),
    identifier,
    key: (column) => `CAST(${column} AS ${KEY_TYPES[type]})`,
    columns,
  }
}

/** A column that is text may hold ISO 8601 or seconds since the epoch. */
function timestampSql(column: string, type: string): string {
  if (type.startsWith('TIMESTAMP') || type === 'DATE') {
    return `CAST(${type.endsWith('ZONE') ? `${column} AT TIME ZONE 'UTC'` : column} AS timestamp(6))`
  }
  const seconds = (value: string) =>
    `from_unixtime_nanos(CAST(CAST(${value} AS decimal(29, 9)) * 1000000000 AS decimal(38, 0)))`
  if (type !== 'VARCHAR') return `CAST(${seconds(column)} AT TIME ZONE 'UTC' AS timestamp(6))`
  const isNumber = `regexp_like(${column}, '^[+-]?[0-9]*\\.?[0-9]*([eE][+-]?[0-9]+)?$')`
  const time = `CASE WHEN ${isNumber} THEN ${seconds(column)} ELSE from_iso8601_timestamp_nanos(replace(${column}, ' ', 'T')) END`
  return `CAST(${time} AT TIME ZONE 'UTC' AS timestamp(6))`
}
