import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Input } from '../../../local/ingest/input.ts'
import { openInput } from '../../../local/ingest/open-input.ts'
import type { Row } from '../../../local/ingest/row.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

/** A file with this content, opened as `cairn ingest` opens it. */
export function inputOf(name: string, content: string | Buffer): Promise<Input> {
  const path = join(temporaryDirectory(), name)
  writeFileSync(path, content)
  return openInput(path, undefined, new AbortController().signal)
}

/** All rows of a file. */
export async function rowsOf(input: Input): Promise<Row[]> {
  return await Array.fromAsync(input.rows())
}
