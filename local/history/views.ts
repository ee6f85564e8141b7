import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import type { Snapshot } from '../../store/offline/iceberg/metadata.ts'
import { columnName } from '../../store/offline/iceberg/schema.ts'
import type { AsOf } from '../../store/offline/sql/athena-table.ts'
import { latestSql } from '../../store/offline/sql/latest.ts'
import { sqlName, sqlText, sqlTimestamp } from '../../store/offline/sql/quote.ts'
import type { Histories } from './histories.ts'
import { LATEST, SNAPSHOTS } from './mentioned-groups.ts'
import { historyColumns, historySql } from './relation.ts'

export interface GroupViews {
  /** What makes them. */
  statements: string[]
  /** The files that they read. */
  files: string[]
}

/**
 * The tables of a group: its history by its name, `<name>_latest` and `<name>_snapshots`. A group that has such a name
 * itself keeps it.
 */
export async function groupViews(
  histories: Histories,
  group: FeatureGroup,
  asOf: AsOf | undefined,
): Promise<GroupViews> {
  const past = { snapshotId: undefined, writtenBy: undefined, ...asOf }
  const { files, snapshots } = await histories.read(group, past.snapshotId)
  const name = group.FeatureGroupName
  const views = [
    { name, sql: historySql(group, { files, writtenBy: past.writtenBy }) },
    { name: `${name}${LATEST}`, sql: latestOf(group, sqlName(name)) },
    { name: `${name}${SNAPSHOTS}`, sql: snapshotsSql(snapshots) },
  ]
  const taken = new Set(histories.groups.map(({ FeatureGroupName }) => FeatureGroupName.toLowerCase()))
  const statements = views
    .filter((view) => view.name === name || !taken.has(view.name.toLowerCase()))
    .map((view) => `CREATE VIEW ${sqlName(view.name)} AS ${view.sql}`)
  return { statements, files }
}

/** The latest version of each record of a group whose history is `from`. */
export function latestOf(
  group: Pick<FeatureGroup, 'FeatureDefinitions' | 'RecordIdentifierFeatureName'>,
  from: string,
): string {
  const columns = historyColumns(group).map((field) => field.name)
  return latestSql({ from, identifier: columnName(group.RecordIdentifierFeatureName), columns })
}

function snapshotsSql(snapshots: Snapshot[]): string {
  const columns = '"snapshot_id", "committed_at", "operation", "total_records"'
  if (snapshots.length === 0) {
    return `SELECT * FROM (VALUES (0::BIGINT, TIMESTAMP 'epoch', '', 0::BIGINT)) AS t(${columns}) WHERE false`
  }
  const rows = snapshots.map((snapshot) => {
    const { operation, 'total-records': records } = snapshot.summary
    const time = sqlTimestamp(snapshot['timestamp-ms'])
    return `(${snapshot['snapshot-id']}::BIGINT, ${time}, ${sqlText(operation)}, ${Number(records)}::BIGINT)`
  })
  return `SELECT * FROM (VALUES ${rows.join(', ')}) AS t(${columns})`
}
