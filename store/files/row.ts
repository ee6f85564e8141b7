import type { Cell } from '../events/json-cells.ts'
import type { Event } from '../events/read-event.ts'

/** A row of a file: its cells, or the event that it is, or the reason why it is neither. */
export type Row = RowPlace &
  (
    | { cells: Cell[]; event?: undefined; reason?: undefined }
    | { event: Event; cells?: undefined; reason?: undefined }
    | { reason: string; cells?: undefined; event?: undefined }
  )

interface RowPlace {
  /** Where it is from, where rows are from many files. */
  file?: string
  /** The line that it begins on; the first of a file is 1. */
  line: number
  /** The number of the line after it, where it may have more than one. */
  nextLine?: number
  /** Bytes of the file up to its end. */
  end: number
  /** The row as JSON text. */
  json: () => string
}

/** A row's cells as the API takes them. */
export function toRecord(cells: Cell[]): Event['input']['Record'] {
  return cells.map(({ name, value }) =>
    typeof value === 'string'
      ? { FeatureName: name, ValueAsString: value }
      : { FeatureName: name, ValueAsStringList: value },
  )
}
