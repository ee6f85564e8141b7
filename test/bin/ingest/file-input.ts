import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Input, openInput } from '../../../bin/ingest/input.ts'
import { readRows } from '../../../bin/ingest/read-rows.ts'
import type { Row } from '../../../bin/ingest/row.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

/** A file with this content, opened as `cairn ingest` opens it. */
export function inputOf(name: string, content: string | Buffer): Promise<Input> {
  const path = join(temporaryDirectory(), name)
  writeFileSync(path, content)
  return openInput(path, undefined, new AbortController().signal)
}

/** All rows of a file. */
export async function rowsOf(input: Input, collections: string[] = []): Promise<Row[]> {
  return await Array.fromAsync(readRows(input, { collections: new Set(collections) }))
}

/** A row's values by feature, or the reason why it has none. */
export function valuesOf({ cells, reason }: Row): unknown {
  return reason ?? Object.fromEntries((cells ?? []).map(({ name, value }) => [name, value]))
}
