import { readJsonLine } from './json-line.ts'
import { type Line, MAX_ROW_BYTES, readLines } from './lines.ts'
import type { Row } from './row.ts'
import type { RowInput } from './row-input.ts'
import { decodeUtf8 } from './utf8.ts'

const SHOWN_BYTES = 1_000
const BLANK = /^[ \t]*$/

/** The rows of a JSON Lines file; blank lines are skipped. */
export async function* readJsonLines(input: RowInput): AsyncGenerator<Row> {
  for await (const line of readLines(input.source, input.from)) {
    const text = line.isTooLong ? undefined : decodeUtf8(line.bytes)
    if (text === undefined) yield unreadable(line)
    else if (!BLANK.test(text)) yield toRow(line, text)
  }
}

function toRow({ number, end }: Line, text: string): Row {
  try {
    return { line: number, end, ...readJsonLine(text), json: () => text.trim() }
  } catch (error) {
    return { line: number, end, reason: (error as Error).message, json: () => jsonOf(text) }
  }
}

function unreadable({ number, end, bytes, isTooLong }: Line): Row {
  const reason = isTooLong ? `the line has more than ${MAX_ROW_BYTES} bytes` : 'the line is not UTF-8'
  const json = () => JSON.stringify(bytes.subarray(0, SHOWN_BYTES).toString('utf8'))
  return { line: number, end, reason, json }
}

/** The line itself if it is JSON, else the line as a JSON string. */
function jsonOf(text: string): string {
  try {
    JSON.parse(text)
    return text.trim()
  } catch {
    return JSON.stringify(text)
  }
}
