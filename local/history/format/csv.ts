import type { DuckDBValue } from '@duckdb/node-api'
import { plainText } from './cell-text.ts'
import type { Rows } from './format.ts'

const NEEDS_QUOTES = /[",\r\n]/

/** CSV as RFC 4180 has it, with a header. Null is an empty cell, and the empty string a pair of quotes. */
export async function* csvText({ columns, portions }: Rows): AsyncGenerator<string> {
  yield `${columns.map(cell).join(',')}\n`
  for await (const rows of portions) yield rows.map((row) => `${row.map(cell).join(',')}\n`).join('')
}

function cell(value: DuckDBValue): string {
  if (value === '') return '""'
  const text = plainText(value)
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
