import { readCsvRecords } from '../files/csv-records.ts'
import { type Line, readLines } from '../files/lines.ts'
import { readCsvHeader } from '../files/read-csv.ts'
import { readRows } from '../files/read-rows.ts'
import { type RowInput, wholeInput } from '../files/row-input.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { assertColumns, hintsOf } from './file-columns.ts'
import type { Place } from './file-import.ts'
import type { Cut, FileRows } from './file-rows.ts'
import type { ImportStores } from './import-stores.ts'
import { objectSource } from './object-source.ts'
import type { ObjectName } from './objects.ts'

const PART_BYTES = 16 * 1024 * 1024
/** What the file is called where its reading tells of it. */
const NAME = 'the file'
/** The ledger has an item for each part. */
const MAX_PARTS = 500

export interface TextContent {
  object: ObjectName
  bytes: number
  format: 'csv' | 'jsonl'
}

/** The rows of CSV and of JSON Lines. */
export function textRows(stores: ImportStores, group: FeatureGroup, content: TextContent): FileRows {
  const { objects, partBytes = PART_BYTES } = stores
  const { object, bytes, format } = content
  const source = objectSource(objects, object, bytes)
  const inputFrom = (from: Place): RowInput => ({ name: NAME, format, source, bytes, from })
  const minBytes = Math.max(partBytes, Math.ceil(bytes / MAX_PARTS))

  return {
    async start() {
      const input = await wholeInput({ name: NAME, format, source, bytes })
      const { from: at } = input
      if (format === 'jsonl') return { at }
      const header = await readCsvHeader(input)
      assertColumns(group, header)
      for await (const { end, nextLine } of readCsvRecords(source, at)) {
        return { at: { byte: end, line: nextLine }, header }
      }
      return { at, header }
    },
    async *cuts(from) {
      const ends = format === 'csv' ? readCsvRecords(source, from) : linesFrom(inputFrom(from))
      let begin = from.byte
      let last: Cut | undefined
      for await (const { end, nextLine } of ends) {
        last = { end, next: { byte: end, line: nextLine } }
        if (end - begin < minBytes) continue
        yield last
        begin = end
        last = undefined
      }
      if (last !== undefined) yield last
    },
    rows: (from, header) => readRows({ ...inputFrom(from), ...(header && { header }) }, hintsOf(group)),
    endOf: ({ end }) => end,
    placeAfter: ({ end, line, nextLine = line + 1 }) => ({ byte: end, line: nextLine }),
  }
}

async function* linesFrom({ source, from }: RowInput): AsyncGenerator<Line & { nextLine: number }> {
  for await (const line of readLines(source, from)) yield { ...line, nextLine: line.number + 1 }
}
