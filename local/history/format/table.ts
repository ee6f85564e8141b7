import type { DuckDBValue } from '@duckdb/node-api'
import { plainText } from './cell-text.ts'
import type { Rows } from './format.ts'

/** What a terminal would act on or a person could not see. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Columns in lines of text for a person; as wide as the first portion of rows asks for. */
export async function* tableText({ columns, portions }: Rows): AsyncGenerator<string> {
  const header = columns.map(visible)
  let widths: number[] | undefined
  let count = 0
  for await (const rows of portions) {
    const lines = rows.map((row) => row.map((value) => ({ text: cell(value), isNumber: isNumber(value) })))
    if (widths === undefined) {
      widths = header.map((name, index) => widest([name, ...lines.map((line) => line[index]?.text ?? '')]))
      yield heading(header, widths)
    }
    const fixed = widths
    yield lines
      .map(
        (line) =>
          `${line
            .map((value, index) => padded(value, fixed[index] ?? 0))
            .join('  ')
            .trimEnd()}\n`,
      )
      .join('')
    count += rows.length
  }
  if (widths === undefined)
    yield heading(
      header,
      header.map((name) => width(name)),
    )
  yield `(${count.toLocaleString('en-US')} ${count === 1 ? 'row' : 'rows'})\n`
}

function heading(names: string[], widths: number[]): string {
  const titles = names.map((name, index) => padded({ text: name, isNumber: false }, widths[index] ?? 0))
  return `${titles.join('  ').trimEnd()}\n${widths.map((size) => '-'.repeat(size)).join('  ')}\n`
}

function cell(value: DuckDBValue): string {
  return value === null ? 'NULL' : visible(plainText(value))
}

function visible(text: string): string {
  return text.replaceAll(UNSEEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
}

function isNumber(value: DuckDBValue): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}

function padded({ text, isNumber }: { text: string; isNumber: boolean }, size: number): string {
  const blanks = ' '.repeat(Math.max(0, size - width(text)))
  return isNumber ? `${blanks}${text}` : `${text}${blanks}`
}

function widest(texts: string[]): number {
  return texts.reduce((most, text) => Math.max(most, width(text)), 0)
}

function width(text: string): number {
  return [...text].length
}
