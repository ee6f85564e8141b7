import type { FeatureGroup } from '../../groups/feature-group.ts'
import { exactInteger } from '../../records/exact-number.ts'
import type { Cell } from './columns.ts'
import { cellsOf, type DoomedRows, eraseRows } from './erase-rows.ts'
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
  const {
    snapshotId: _,
    snapshotsExpired,
    ...erased
  } = await eraseRows(files, metadata, rowsOf(group, identifiers), { now })
  return { ...erased, snapshotsExpired: snapshotsExpired.length }
}

/** The rows whose identifier is one of these, however its column is typed. */
function rowsOf(group: FeatureGroup, identifiers: string[]): DoomedRows {
  const name = columnName(group.RecordIdentifierFeatureName)
  const type = group.FeatureDefinitions.find(({ FeatureName }) => FeatureName === group.RecordIdentifierFeatureName)
  const wanted = new Set(identifiers.map((identifier) => cellKey(typed(identifier, type?.FeatureType))))
  return {
    mayBeIn: () => true,
    columns: new Set([name]),
    test(columns) {
      const cells = cellsOf(columns, name)
      return (row) => wanted.has(cellKey(cells[row] ?? null))
    },
  }
}

function typed(identifier: string, type: string | undefined): Cell {
  if (type === 'Integral') return exactInteger(identifier)
  return type === 'Fractional' ? Number(identifier) : identifier
}

/** A text that is the same for equal cells alone. */
export function cellKey(cell: Cell): string {
  return `${typeof cell}:${String(cell)}`
}
