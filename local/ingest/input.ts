import { stat } from 'node:fs/promises'
import { type ByteSource, readBytes } from '../../store/files/chunks.ts'
import { HEAD_BYTES, isParquet, uncompressedName } from '../../store/files/compression.ts'
import { formatOf as formatOfExtension } from '../../store/files/format.ts'
import { type ColumnHints, readColumns, readRows } from '../../store/files/read-rows.ts'
import { wholeInput } from '../../store/files/row-input.ts'
import { fileSource } from './file-source.ts'
import type { Format } from './format.ts'
import type { Row } from './row.ts'
import type { Rereadable } from './temporary-copy.ts'

/** A file that can be read more than once. */
export interface Input {
  /** What it is called in messages, and what the default name of the file of refused rows is made from. */
  name: string
  /** Its name as it was before it was compressed. */
  uncompressedName: string
  format: Format
  /** Its bytes, not compressed. */
  source: ByteSource
  bytes: number
  /** The names of the columns; undefined for JSON Lines, which does not say. */
  columns(): Promise<string[] | undefined>
  rows(hints?: ColumnHints): AsyncGenerator<Row>
  /** Removes what was made for it. */
  close(): Promise<void>
}

/** Bytes that are not compressed, and what they are called. */
export interface Named {
  name: string
  /** In place of the one that the name or the content shows. */
  format: Format | undefined
  source: ByteSource
  bytes: number
}

/** What can be read from bytes. Throws for an unknown format and UTF-16. */
export async function inputOf({ name, format, source, bytes }: Named, close: Input['close']): Promise<Input> {
  try {
    const known = format ?? formatOf(name) ?? ((await looksLikeParquet(source)) ? 'parquet' : undefined)
    if (known === undefined) throw new Error(`the format of ${name} is not known: give --format csv or --format jsonl`)
    const input = await wholeInput({ name, format: known, source, bytes })
    return {
      name,
      uncompressedName: uncompressedName(name),
      format: known,
      source,
      bytes,
      columns: () => readColumns(input),
      rows: (hints) => readRows(input, hints),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** What can be read from a file. Throws as `inputOf` does. */
export async function inputOfFile(named: Pick<Named, 'name' | 'format'>, file: Rereadable): Promise<Input> {
  const { size } = await stat(file.path)
  return await inputOf({ ...named, source: fileSource(file.path), bytes: size }, file.close)
}

async function looksLikeParquet(source: ByteSource): Promise<boolean> {
  return isParquet(await readBytes(source, 0, HEAD_BYTES))
}

/** The format that a file's extension says. */
export function formatOf(name: string): Format | undefined {
  return formatOfExtension(name)
}
