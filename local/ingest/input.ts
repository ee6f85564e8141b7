import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type ByteSource, readBytes } from '../../store/files/chunks.ts'
import { decompressorOf, HEAD_BYTES, isParquet, uncompressedName } from '../../store/files/compression.ts'
import { formatOf as formatOfExtension } from '../../store/files/format.ts'
import { type ColumnHints, readColumns, readRows } from '../../store/files/read-rows.ts'
import { wholeInput } from '../../store/files/row-input.ts'
import { fileSource } from './file-source.ts'
import type { Format } from './format.ts'
import type { Row } from './row.ts'

/** A file that can be read more than once. */
export interface Input {
  /** What it is called in messages, and what the default name of the file of refused rows is made from. */
  name: string
  /** Its name as it was before it was compressed. */
  uncompressedName: string
  format: Format
  isStdin: boolean
  /** Its bytes, not compressed. */
  source: ByteSource
  bytes: number
  /** The names of the columns; undefined for JSON Lines, which does not say. */
  columns(): Promise<string[] | undefined>
  rows(hints?: ColumnHints): AsyncGenerator<Row>
  /** Removes what was made for it. */
  close(): Promise<void>
}

/**
 * Opens a file, or stdin for `-`. What can be read only once, or is compressed, is first copied to a temporary file, because types are
 * inferred from all rows before the first is sent. Throws for a missing file, an unknown format and UTF-16.
 */
export async function openInput(file: string, format: Format | undefined, signal: AbortSignal): Promise<Input> {
  const isStdin = file === '-'
  const name = isStdin ? 'stdin' : basename(file)
  const { path, close } = await rereadable(file, signal)
  try {
    const known = format ?? formatOf(name) ?? (isParquet(await headOf(path)) ? 'parquet' : undefined)
    if (known === undefined) throw new Error(`the format of ${name} is not known: give --format csv or --format jsonl`)
    const { size: bytes } = await stat(path)
    const input = await wholeInput({ name, format: known, source: fileSource(path), bytes })
    return {
      name,
      uncompressedName: uncompressedName(name),
      format: known,
      isStdin,
      source: input.source,
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

/** The format that a file's extension says. */
export function formatOf(name: string): Format | undefined {
  return formatOfExtension(name)
}

/** The first bytes of a file, which tell what it is. */
export function headOf(path: string): Promise<Buffer> {
  return readBytes(fileSource(path), 0, HEAD_BYTES)
}

interface Rereadable {
  path: string
  close(): Promise<void>
}

async function rereadable(file: string, signal: AbortSignal): Promise<Rereadable> {
  if (file !== '-') {
    const stats = await stat(file).catch((cause) => {
      throw new Error(`${file} cannot be read: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}`)
    })
    if (stats.isDirectory()) throw new Error(`${file} is a directory`)
    const decompressor = stats.isFile() ? decompressorOf(await headOf(file)) : undefined
    if (decompressor !== undefined) return await copy([createReadStream(file), ...decompressor()], file, signal)
    if (stats.isFile()) return { path: file, close: async () => {} }
  }
  const copied = await copy([file === '-' ? process.stdin : createReadStream(file)], file, signal)
  const decompressor = decompressorOf(await headOf(copied.path))
  if (decompressor === undefined) return copied
  try {
    return await copy([createReadStream(copied.path), ...decompressor()], file, signal)
  } finally {
    await copied.close()
  }
}

/** A temporary file of what comes through the streams. */
async function copy(streams: [Readable, ...Duplex[]], name: string, signal: AbortSignal): Promise<Rereadable> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-ingest-'))
  const path = join(directory, 'input')
  const close = () => rm(directory, { recursive: true, force: true })
  try {
    await pipeline([...streams, createWriteStream(path, { mode: 0o600 })], { signal })
    return { path, close }
  } catch (error) {
    await close()
    if (signal.aborted || streams.length === 1) throw error
    throw new Error(`${name} cannot be decompressed: ${(error as Error).message}`)
  }
}
