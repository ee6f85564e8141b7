import type { DataFile } from './manifest.ts'
import { currentSchema, type TableMetadata } from './metadata.ts'
import { currentEntries, replaceFiles, rowGroupsOf, writeRows } from './rewrite.ts'
import type { TableFiles } from './table-files.ts'

export interface CompactionSettings {
  /** A day's small files are merged when there are so many; the Glue optimizer's `minInputFiles`. */
  minInputFiles: number
  /** Files are merged up to about so many bytes; Iceberg's `write.target-file-size-bytes`. */
  targetBytes: number
}

/** A file that is smaller than this part of the target is small. */
const SMALL = 0.75

/**
 * Merges small files of the same day into larger ones, each in a snapshot of its own. Memory holds the bytes of the new
 * file and rows of a row group. Rows stay as they are.
 */
export async function compact(
  files: TableFiles,
  metadata: TableMetadata,
  settings: CompactionSettings,
  now: number,
): Promise<TableMetadata> {
  const entries = await currentEntries(files, metadata)
  let current = metadata
  for (const merged of binPack(
    entries.map(({ file }) => file),
    settings,
  )) {
    const added = await merge(files, current, merged)
    current = await replaceFiles(files, current, {
      operation: 'replace',
      removed: new Set(merged.map(({ path }) => path)),
      added: added === undefined ? [] : [added],
      now,
    })
  }
  return current
}

async function merge(files: TableFiles, metadata: TableMetadata, merged: DataFile[]): Promise<DataFile | undefined> {
  async function* rows() {
    for (const file of merged) yield* rowGroupsOf(files, metadata, file)
  }
  const { fields } = currentSchema(metadata)
  const expectedBytes = merged.reduce((sum, { bytes }) => sum + bytes, 0)
  return await writeRows(files, { day: merged[0]?.day ?? 0, fields, expectedBytes }, rows())
}

/** Sets of small files of one day that fit into one. */
function binPack(all: DataFile[], { minInputFiles, targetBytes }: CompactionSettings): DataFile[][] {
  const small = all.filter(({ bytes }) => bytes < targetBytes * SMALL)
  const bins: DataFile[][] = []
  for (const ofDay of Map.groupBy(small, ({ day }) => day).values()) {
    let bin: DataFile[] = []
    let size = 0
    for (const file of ofDay) {
      if (size + file.bytes > targetBytes) {
        bins.push(bin)
        bin = []
        size = 0
      }
      bin.push(file)
      size += file.bytes
    }
    bins.push(bin)
  }
  return bins.filter((bin) => bin.length >= minInputFiles)
}
