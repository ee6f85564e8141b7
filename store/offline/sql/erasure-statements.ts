import { filterSql, windowSql } from '../../deletes/filter-sql.ts'
import type { FeatureGroup } from '../../groups/feature-group.ts'
import { isFilterOfKeys } from '../filter-of-keys.ts'
import type { ErasureScope } from '../history-erasure.ts'
import { columnName } from '../iceberg/schema.ts'
import { athenaTable } from './athena-table.ts'
import { sqlName, sqlText, sqlTimestamp } from './quote.ts'

/**
 * A file is rewritten when a single row of it is hidden, and when it is the only one: Athena's own defaults are two
 * delete files and five files (https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html).
 * Snapshots may go when they are a minute old, and all but one.
 */
const PROPERTIES = {
  optimize_rewrite_delete_file_threshold: '1',
  optimize_rewrite_data_file_threshold: '1',
  vacuum_max_snapshot_age_seconds: '60',
  vacuum_min_snapshots_to_keep: '1',
}

/** How old a snapshot is, in milliseconds, when VACUUM has surely removed it: a minute, and half one for clocks. */
export const EXPIRED_AFTER_MS = 90_000

export type ErasureStatements = ReturnType<typeof erasureStatements>

/**
 * What an erasure runs in Athena. Its DELETE hides rows (position delete files), OPTIMIZE writes their files anew
 * without them, and VACUUM removes the snapshots that had them and the files that only those had:
 * https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-delete.html, optimize-statement.html,
 * vacuum-statement.html.
 */
export function erasureStatements(group: FeatureGroup, scope: ErasureScope) {
  const table = athenaTable(group)
  const [files, snapshots] = [athenaTable(group, '$files'), athenaTable(group, '$snapshots')]
  const rows = scopeSql(group, scope)
  const isMarker = `${sqlName('_deletion_session')} = ${sqlText(scope.session)}`
  // The markers go last: they tell whose rows the others are.
  const unmarked = `${rows} AND ${sqlName('_deletion_session')} IS DISTINCT FROM ${sqlText(scope.session)}`
  const names = Object.keys(PROPERTIES).map(sqlText).join(', ')
  const values = Object.entries(PROPERTIES).map(([name, value]) => `${sqlText(name)} = ${sqlText(value)}`)
  return {
    /** How many rows there are, and how many snapshots. */
    count: `SELECT (SELECT count(*) FROM ${table} WHERE ${rows}), (SELECT count(*) FROM ${snapshots})`,
    delete: `DELETE FROM ${table} WHERE ${unmarked}`,
    recount: `SELECT count(*) FROM ${table} WHERE ${unmarked}`,
    unmark: `DELETE FROM ${table} WHERE ${isMarker} AND ${windowSql(scope)}`,
    tune: `ALTER TABLE ${ddlName(group)} SET TBLPROPERTIES (${values.join(', ')})`,
    optimize: `OPTIMIZE ${plainName(group, '"')} REWRITE DATA USING BIN_PACK`,
    /** How many rows the files have that readers are not shown. */
    inspect: `SELECT (SELECT coalesce(sum("record_count"), 0) FROM ${files} WHERE "content" = 0) - (SELECT count(*) FROM ${table})`,
    /** The snapshots, the newest last. */
    list: `SELECT "snapshot_id", "operation" FROM ${snapshots} ORDER BY "committed_at"`,
    vacuum: `VACUUM ${plainName(group, '`')}`,
    /** How many snapshots are older than that one. */
    check: (snapshotId: string) =>
      `SELECT count(*) FROM ${snapshots} WHERE "committed_at" < (SELECT "committed_at" FROM ${snapshots} WHERE "snapshot_id" = ${BigInt(snapshotId)})`,
    verify: `SELECT count(*) FROM ${table} WHERE ${rows}`,
    reset: `ALTER TABLE ${ddlName(group)} UNSET TBLPROPERTIES (${names})`,
  }
}

/** A condition that is true of the rows that an erasing session removes. */
export function scopeSql(group: FeatureGroup, scope: ErasureScope): string {
  const session = `${sqlName('_deletion_session')} = ${sqlText(scope.session)}`
  const window = windowSql(scope)
  const inTime = `("write_time" <= ${sqlTimestamp(scope.writtenBefore)} OR ${session})`
  const filter = filterSql(group, scope.filter)
  if (scope.filter.length === 0) return `${inTime} AND ${window}`
  const matching = isFilterOfKeys(group, scope.filter) ? filter : `NOT "is_deleted" AND ${filter}`
  const identifier = sqlName(columnName(group.RecordIdentifierFeatureName))
  const victims = `SELECT ${identifier} FROM ${athenaTable(group)} WHERE ${session} AND ${window}`
  return `${inTime} AND ${window} AND ((${matching}) OR ${identifier} IN (${victims}))`
}

function catalogTable({ FeatureGroupName, OfflineStoreConfig }: FeatureGroup) {
  const table = OfflineStoreConfig?.DataCatalogConfig
  if (table === undefined) throw new Error(`feature group ${FeatureGroupName} has no table in a data catalog`)
  return table
}

/** As Athena's DDL takes names: https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html */
function ddlName(group: FeatureGroup): string {
  const { Database, TableName } = catalogTable(group)
  return `\`${Database}\`.\`${TableName}\``
}

/** OPTIMIZE and VACUUM take names without quotes, and only the table's in quotes where its name needs them. */
function plainName(group: FeatureGroup, quote: string): string {
  const { Database, TableName } = catalogTable(group)
  return `${Database}.${/^[a-z]/.test(TableName) ? TableName : `${quote}${TableName}${quote}`}`
}
