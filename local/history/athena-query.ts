import { type AsOf, type AthenaGroup, athenaHistorySql, athenaTable } from '../../store/offline/sql/athena-table.ts'
import { sqlName } from '../../store/offline/sql/quote.ts'

export type { AsOf, AthenaGroup }

import { LATEST, mentionedGroups, mentionsTable, SNAPSHOTS } from './mentioned-groups.ts'
import { latestOf } from './views.ts'

/** Blanks and comments, then what a statement with tables of its own begins with. */
const WITH = /^(?<lead>(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*)with(?<recursive>\s+recursive)?\s/i

/** The statement that Athena answers as `query` answers `sql`: the tables that it names are put before it. */
export function athenaQuery(sql: string, groups: AthenaGroup[], asOf: AsOf | undefined): string {
  const tables = mentionedGroups(sql, groups).flatMap((group) => tablesOf(group, sql, asOf))
  if (tables.length === 0) return sql
  const own = WITH.exec(sql)
  const { lead = '', recursive = '' } = own?.groups ?? {}
  const list = tables.map(({ name, query }) => `${sqlName(name)} AS (\n${query}\n)`).join(',\n')
  return own === null ? `WITH ${list}\n${sql}` : `${lead}WITH${recursive} ${list},\n${sql.slice(own[0].length)}`
}

function tablesOf(group: AthenaGroup, sql: string, asOf: AsOf | undefined): { name: string; query: string }[] {
  const name = group.FeatureGroupName
  const latest = { name: `${name}${LATEST}`, query: latestOf(group, sqlName(name)) }
  const snapshots = { name: `${name}${SNAPSHOTS}`, query: snapshotsOf(group) }
  const derived = [latest, snapshots].filter((table) => mentionsTable(sql, table.name))
  return [{ name, query: athenaHistorySql(group, asOf) }, ...derived]
}

function snapshotsOf(group: AthenaGroup): string {
  const records = `CAST(element_at("summary", 'total-records') AS bigint) AS "total_records"`
  return `SELECT "snapshot_id", "committed_at", "operation", ${records} FROM ${athenaTable(group, '$snapshots')}`
}
