import type { FeatureGroup } from '../../groups/feature-group.ts'
import { sqlName, sqlTimestamp } from './quote.ts'

/** A group as far as its table in Athena goes. */
export type AthenaGroup = Pick<
  FeatureGroup,
  'FeatureGroupName' | 'FeatureDefinitions' | 'RecordIdentifierFeatureName' | 'OfflineStoreConfig'
>

/** A state of the past: the rows that were written by a time, in milliseconds since the epoch, or one snapshot. */
export type AsOf = { writtenBy: number } | { snapshotId: number }

/** A group's table as Athena names it; `suffix` makes that one of Iceberg's metadata tables. Throws for none. */
export function athenaTable({ FeatureGroupName, OfflineStoreConfig }: AthenaGroup, suffix = ''): string {
  const table = OfflineStoreConfig?.DataCatalogConfig
  if (table === undefined) throw new Error(`feature group ${FeatureGroupName} has no table in a data catalog`)
  return `${sqlName(table.Database)}.${sqlName(`${table.TableName}${suffix}`)}`
}

/** The rows of a group's history, now or as of the past. */
export function athenaHistorySql(group: AthenaGroup, asOf: AsOf | undefined): string {
  const rows = `SELECT * FROM ${athenaTable(group)}`
  if (asOf === undefined) return rows
  if ('snapshotId' in asOf) return `${rows} FOR VERSION AS OF ${asOf.snapshotId}`
  return `${rows} WHERE "write_time" <= ${sqlTimestamp(asOf.writtenBy)}`
}
