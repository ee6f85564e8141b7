import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { type IcebergField, type IcebergPrimitive, icebergSchema } from '../../store/offline/iceberg/schema.ts'
import { sqlName, sqlText, sqlTimestamp } from '../../store/offline/sql/quote.ts'

const DUCKDB_TYPES: Record<IcebergPrimitive, string> = {
  long: 'BIGINT',
  double: 'DOUBLE',
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
}

/** The columns of a group's history. */
export function historyColumns(group: Pick<FeatureGroup, 'FeatureDefinitions'>): IcebergField[] {
  return icebergSchema(group, 0).fields
}

/**
 * The rows of Parquet files of a group's history as DuckDB reads them, those written after `writtenBy` (milliseconds
 * since the epoch) left out. Columns are found by their field ids, so that files from before a column have nulls in it.
 */
export function historySql(group: FeatureGroup, { files, writtenBy }: { files: string[]; writtenBy?: number }): string {
  const fields = historyColumns(group)
  if (files.length === 0) {
    return `SELECT ${fields.map((field) => `CAST(NULL AS ${duckdbType(field)}) AS ${sqlName(field.name)}`)} WHERE false`
  }
  const columns = fields.map(
    (field) => `${field.id}: {name: ${sqlText(field.name)}, type: ${sqlText(duckdbType(field))}, default_value: NULL}`,
  )
  const source = `read_parquet([${files.map(sqlText)}], schema = MAP {${columns}}, hive_partitioning = false)`
  const condition = writtenBy === undefined ? '' : ` WHERE "write_time" <= ${sqlTimestamp(writtenBy)}`
  return `SELECT * FROM ${source}${condition}`
}

/** The type that DuckDB has for a column. */
export function duckdbType({ type }: Pick<IcebergField, 'type'>): string {
  return typeof type === 'string' ? DUCKDB_TYPES[type] : `${DUCKDB_TYPES[type.element]}[]`
}
