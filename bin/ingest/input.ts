import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileSource } from './chunks.ts'
import { decompressorOf, isParquet, uncompressedName } from './compression.ts'
import type { Format, RowInput } from './row-input.ts'

const FORMAT_OF_EXTENSION: { [extension: string]: Format } = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.parquet': 'parquet',
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])]

/** A file that can be read more than once. */
export interface Input extends RowInput {
  isStdin: boolean
  path: string
  bytes: number
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
    const known = format ?? formatOf(name) ?? ((await isParquet(path)) ? 'parquet' : undefined)
    if (known === undefined) throw new Error(`the format of ${name} is not known: give --format csv or --format jsonl`)
    const byte = known === 'parquet' ? 0 : await markBytes(path, name)
    const from = { byte, line: 1 }
    const { size: bytes } = await stat(path)
    return { name, isStdin, format: known, source: fileSource(path), path, from, bytes, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The format that a file's extension says. */
export function formatOf(name: string): Format | undefined {
  return FORMAT_OF_EXTENSION[extname(uncompressedName(name)).toLowerCase()]
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
    const decompressor = stats.isFile() ? await decompressorOf(file) : undefined
    if (decompressor !== undefined) return await copy([createReadStream(file), ...decompressor()], file, signal)
    if (stats.isFile()) return { path: file, close: async () => {} }
  }
  const copied = await copy([file === '-' ? process.stdin : createReadStream(file)], file, signal)
  const decompressor = await decompressorOf(copied.path)
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

/** Bytes of a byte order mark, which reading begins after. */
async function markBytes(path: string, name: string): Promise<number> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(UTF8_MARK.length), 0, UTF8_MARK.length, 0)
    const head = buffer.subarray(0, bytesRead)
    if (UTF16_MARKS.some((mark) => mark.equals(head.subarray(0, mark.length)))) {
      throw new Error(`${name} is UTF-16; it must be UTF-8`)
    }
    return head.equals(UTF8_MARK) ? UTF8_MARK.length : 0
  } finally {
    await handle.close()
  }
}
