import type { ByteSource } from '../../../store/files/chunks.ts'
import { formatOf } from '../../../store/files/format.ts'
import { readRows } from '../../../store/files/read-rows.ts'
import type { Row } from '../../../store/files/row.ts'
import { type RowInput, wholeInput } from '../../../store/files/row-input.ts'

const CHUNK_BYTES = 4096

/** Bytes in memory that come in chunks, as those of a file do. */
export function chunkedSource(bytes: Buffer): ByteSource {
  return async function* (start, end = bytes.length) {
    for (let at = start; at < end; at += CHUNK_BYTES) yield bytes.subarray(at, Math.min(at + CHUNK_BYTES, end))
  }
}

/** A file with this content, in the format that its name says. */
export async function inputOf(name: string, content: string | Buffer): Promise<RowInput> {
  const bytes = Buffer.from(content)
  return await wholeInput({
    name,
    format: formatOf(name) ?? 'jsonl',
    source: chunkedSource(bytes),
    bytes: bytes.length,
  })
}

/** All rows of a file. */
export async function rowsOf(input: RowInput, collections: string[] = []): Promise<Row[]> {
  return await Array.fromAsync(readRows(input, { collections: new Set(collections) }))
}

/** A row's values by feature, or the reason why it has none. */
export function valuesOf({ cells, reason }: Row): unknown {
  return reason ?? Object.fromEntries((cells ?? []).map(({ name, value }) => [name, value]))
}
