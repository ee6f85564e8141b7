import { type Cell as JsonCell, jsonCells, parseExactly, parseJsonList } from '../../store/events/json-cells.ts'
import { type Event as IngestionEvent, isEvent, readEvent } from '../../store/events/read-event.ts'

export type Cell = JsonCell
export type Event = IngestionEvent

/** What a line of JSON stands for: a row of one feature group, or an event, which names its group. */
export type JsonLine = { cells: Cell[]; event?: undefined } | { event: Event; cells?: undefined }

/** Reads a line of JSON. Throws an Error with the reason when it is neither a row nor an event. */
export function readJsonLine(text: string): JsonLine {
  const value = parseExactly(text)
  return isEvent(value) ? { event: readEvent(text) } : { cells: jsonCells(value) }
}

/** The elements of a list in JSON, numbers as they are written. Throws an Error with the reason for anything else. */
export function readJsonList(name: string, text: string): string[] {
  return parseJsonList(name, text)
}
