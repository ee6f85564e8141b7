import { closeSync, openSync, readSync } from 'node:fs'
import { parse } from 'csv-parse/sync'

const MAX_HEADER_BYTES = 1024 * 1024

/** The column names of a CSV file. Throws when it is empty, and when a name is empty or there twice. */
export function csvHeader(path: string): string[] {
  const names = firstRecord(path)
  if (names === undefined) throw new Error(`${path} is empty: its first line must name the columns`)
  for (const [index, name] of names.entries()) {
    if (name === '') throw new Error(`column ${index + 1} of ${path} has no name in the header`)
    if (names.indexOf(name) < index) throw new Error(`column ${name} is twice in the header of ${path}`)
  }
  return names
}

function firstRecord(path: string): string[] | undefined {
  try {
    const [names] = parse(head(path), { bom: true, toLine: undefined, to: 1, relax_column_count: true }) as string[][]
    return names
  } catch (cause) {
    throw new Error(`the header of ${path} is not CSV: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

function head(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(MAX_HEADER_BYTES)
    return buffer.subarray(0, readSync(file, buffer, 0, MAX_HEADER_BYTES, 0))
  } finally {
    closeSync(file)
  }
}
