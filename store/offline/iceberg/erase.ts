import type { FeatureGroup } from '../../groups/feature-group.ts'
import { exactInteger } from '../../records/exact-number.ts'
import { writeColumns } from './append.ts'
import type { Cell, Column } from './columns.ts'
import { expireSnapshots, removeOrphans } from './expire.ts'
import type { DataFile } from './manifest.ts'
import type { TableMetadata } from './metadata.ts'
import { currentEntries, filterRows, readColumns, replaceFiles } from './rewrite.ts'
import { columnName } from './schema.ts'
import type { TableFiles } from './table-files.ts'

/** What was done to a table so that nothing of the erased records is left in it. */
export interface TableErasure {
  rowsRemoved: number
  filesRewritten: number
  filesRemoved: number
  snapshotsExpired: number
}

const NOTHING: TableErasure = { rowsRemoved: 0, filesRewritten: 0, filesRemoved: 0, snapshotsExpired: 0 }

/**
 * Removes every row of the identifiers from the table, and every snapshot and file that still has one. Verifies it by
 * reading all files that are left; throws when one has such a row. An identifier that is a number stands for every way
 * to write it, since its column holds the number.
 */
export async function eraseFromTable(
  files: TableFiles,
  group: FeatureGroup,
  identifiers: string[],
  now: number,
): Promise<TableErasure> {
  const metadata = files.readMetadata()
  if (metadata === undefined) return NOTHING
  const isErased = identifierTest(group, identifiers)
  const { rewritten, rowsRemoved, next } = await removeRows(files, metadata, isErased, now)
  const expired = await expireSnapshots(files, next, () => true)
  files.removeOldMetadata(1)
  const orphans = await removeOrphans(files, expired.metadata, Number.POSITIVE_INFINITY)
  await verify(files, expired.metadata, isErased)
  return {
    rowsRemoved,
    filesRewritten: rewritten,
    filesRemoved: expired.files.length + orphans.length,
    snapshotsExpired: expired.snapshots.length,
  }
}

type RowTest = (columns: Column[], row: number) => boolean

/** True of rows whose identifier is one of these, however its column is typed. */
function identifierTest(group: FeatureGroup, identifiers: string[]): RowTest {
  const name = columnName(group.RecordIdentifierFeatureName)
  const type = group.FeatureDefinitions.find(({ FeatureName }) => FeatureName === group.RecordIdentifierFeatureName)
  const wanted = new Set(identifiers.map((identifier) => key(typed(identifier, type?.FeatureType))))
  return (columns, row) => {
    const cell = columns.find(({ field }) => field.name === name)?.cells[row] ?? null
    return wanted.has(key(cell))
  }
}

function typed(identifier: string, type: string | undefined): Cell {
  if (type === 'Integral') return exactInteger(identifier)
  return type === 'Fractional' ? Number(identifier) : identifier
}

function key(cell: Cell): string {
  return `${typeof cell}:${String(cell)}`
}

async function removeRows(files: TableFiles, metadata: TableMetadata, isErased: RowTest, now: number) {
  const removed = new Set<string>()
  const added: DataFile[] = []
  let rowsRemoved = 0
  let next = metadata
  for (const { file } of await currentEntries(files, metadata)) {
    const columns = await readColumns(files, metadata, file)
    const kept = filterRows(columns, (row) => !isErased(columns, row))
    const left = kept[0]?.cells.length ?? 0
    if (left === file.rowCount) continue
    removed.add(file.path)
    rowsRemoved += file.rowCount - left
    if (left > 0) added.push(writeColumns(files, file.day, kept))
  }
  if (removed.size > 0) next = await replaceFiles(files, metadata, { operation: 'overwrite', removed, added, now })
  return { rewritten: removed.size, rowsRemoved, next }
}

async function verify(files: TableFiles, metadata: TableMetadata, isErased: RowTest): Promise<void> {
  for (const { file } of await currentEntries(files, metadata)) {
    const columns = await readColumns(files, metadata, file)
    for (let row = 0; row < file.rowCount; row++) {
      if (isErased(columns, row)) throw new Error(`the data file ${file.path} still has an erased record`)
    }
  }
}
