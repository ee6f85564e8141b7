import { jsonText } from './cell-text.ts'
import type { Rows } from './format.ts'

/** A JSON list with an object for each row, each on a line of its own. */
export async function* jsonArrayText({ columns, portions }: Rows): AsyncGenerator<string> {
  const names = columns.map((name) => JSON.stringify(name))
  let separator = ''
  yield '['
  for await (const rows of portions) {
    const objects = rows.map(
      (row) => `\n{${row.map((value, index) => `${names[index]}:${jsonText(value)}`).join(',')}}`,
    )
    if (objects.length > 0) yield `${separator}${objects.join(',')}`
    separator = ','
  }
  yield '\n]\n'
}
