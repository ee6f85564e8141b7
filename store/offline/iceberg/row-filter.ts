import { compileFilter, filterColumns } from '../../deletes/filter.ts'
import type { FeatureGroup } from '../../groups/feature-group.ts'
import { isFilterOfKeys } from '../filter-of-keys.ts'
import type { StoredFeature } from '../stored-features.ts'
import type { Cell, Column } from './columns.ts'
import { cellsOf } from './erase-rows.ts'
import { columnName } from './schema.ts'

/**
 * Which rows of a file match the filter of a session, given the columns that it names. A deletion marker matches a filter of
 * the identifier and the event time alone. An empty filter matches every row.
 */
export function rowFilter(group: FeatureGroup, filter: [string, string, unknown][]) {
  if (filter.length === 0) return { columns: [], test: () => () => true }
  const matches = compileFilter(group, filter)
  const takesMarkers = isFilterOfKeys(group, filter)
  const names = filterColumns(filter)
  const test = (columns: Column[]) => {
    const isDeleted = cellsOf(columns, 'is_deleted')
    const read = names.map((name) => ({ name, cells: cellsOf(columns, columnName(name)) }))
    return (row: number): boolean => {
      if (isDeleted[row] === true && !takesMarkers) return false
      return matches(featuresOf(read, row))
    }
  }
  return { columns: ['is_deleted', ...names.map(columnName)], test }
}

function featuresOf(columns: { name: string; cells: Cell[] }[], row: number): Map<string, StoredFeature> {
  const features = new Map<string, StoredFeature>()
  for (const { name, cells } of columns) {
    const cell = cells[row] ?? null
    if (cell !== null) features.set(name, { FeatureName: name, ...storedValue(cell) })
  }
  return features
}

function storedValue(cell: NonNullable<Cell>): Omit<StoredFeature, 'FeatureName'> {
  return Array.isArray(cell) ? { ValueAsStringList: cell.map(String) } : { ValueAsString: String(cell) }
}
