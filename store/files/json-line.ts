import { type Cell, jsonCells, parseExactly } from '../events/json-cells.ts'
import { type Event, isEvent, readEvent } from '../events/read-event.ts'

/** What a line of JSON stands for: a row of one feature group, or an event, which names its group. */
export type JsonLine = { cells: Cell[]; event?: undefined } | { event: Event; cells?: undefined }

/** Reads a line of JSON. Throws an Error with the reason when it is neither a row nor an event. */
export function readJsonLine(text: string): JsonLine {
  const value = parseExactly(text)
  return isEvent(value) ? { event: readEvent(text) } : { cells: jsonCells(value) }
}
