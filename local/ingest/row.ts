import type { Cell as RowCell } from '../../store/events/json-cells.ts'
import type { Event as RowEvent } from '../../store/events/read-event.ts'
import { type Row as FileRow, toRecord as recordOf } from '../../store/files/row.ts'

export type Cell = RowCell
export type Event = RowEvent
export type Row = FileRow

/** A row's cells as the API takes them. */
export function toRecord(cells: Cell[]): Event['input']['Record'] {
  return recordOf(cells)
}
