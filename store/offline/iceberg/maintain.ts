import { type CompactionSettings, compact } from './compact.ts'
import { expireSnapshots, removeOrphans } from './expire.ts'
import type { TableFiles } from './table-files.ts'

const DAY_MS = 86_400_000

/** As the table optimizers of AWS Glue have them. */
export interface MaintenanceSettings extends CompactionSettings {
  snapshotRetentionMs: number
  orphanRetentionMs: number
  /** How many metadata files are kept; Iceberg's `write.metadata.previous-versions-max`. */
  metadataVersions: number
}

/** The defaults of AWS Glue's table optimizers, and Iceberg's own for file sizes and metadata. */
export const MAINTENANCE_DEFAULTS: MaintenanceSettings = {
  minInputFiles: 100,
  targetBytes: 512 * 1024 * 1024,
  snapshotRetentionMs: 5 * DAY_MS,
  orphanRetentionMs: 3 * DAY_MS,
  metadataVersions: 100,
}

/** Merges small files, expires old snapshots, removes what a crash has left. Does nothing where no table is. */
export async function maintain(files: TableFiles, settings: MaintenanceSettings, now: number): Promise<void> {
  const metadata = files.readMetadata()
  if (metadata === undefined) return
  const compacted = await compact(files, metadata, settings, now)
  const isOld = (snapshot: { 'timestamp-ms': number }) => snapshot['timestamp-ms'] < now - settings.snapshotRetentionMs
  const expired = await expireSnapshots(files, compacted, isOld)
  await removeOrphans(files, expired.metadata, now - settings.orphanRetentionMs)
  files.removeOldMetadata(settings.metadataVersions)
}
