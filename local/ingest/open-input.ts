import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { readBytes } from '../../store/files/chunks.ts'
import { decompressorOf, HEAD_BYTES } from '../../store/files/compression.ts'
import { fileSource } from './file-source.ts'
import type { Format } from './format.ts'
import { type Input, inputOfFile } from './input.ts'
import { type Rereadable, temporaryCopy } from './temporary-copy.ts'

/**
 * Opens a file, or stdin for `-`. What can be read only once, or is compressed, is first copied to a temporary file, because types are
 * inferred from all rows before the first is sent. Throws for a missing file, an unknown format and UTF-16.
 */
export async function openInput(file: string, format: Format | undefined, signal: AbortSignal): Promise<Input> {
  const name = file === '-' ? 'stdin' : basename(file)
  return await inputOfFile({ name, format }, await rereadable(file, signal))
}

/** The first bytes of a file, which tell what it is. */
export function headOf(path: string): Promise<Buffer> {
  return readBytes(fileSource(path), 0, HEAD_BYTES)
}

async function rereadable(file: string, signal: AbortSignal): Promise<Rereadable> {
  if (file !== '-') {
    const stats = await stat(file).catch((cause) => {
      throw new Error(`${file} cannot be read: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}`)
    })
    if (stats.isDirectory()) throw new Error(`${file} is a directory`)
    const decompressor = stats.isFile() ? decompressorOf(await headOf(file)) : undefined
    if (decompressor !== undefined)
      return await temporaryCopy([createReadStream(file), ...decompressor()], file, signal)
    if (stats.isFile()) return { path: file, close: async () => {} }
  }
  const copied = await temporaryCopy([file === '-' ? process.stdin : createReadStream(file)], file, signal)
  const decompressor = decompressorOf(await headOf(copied.path))
  if (decompressor === undefined) return copied
  try {
    return await temporaryCopy([createReadStream(copied.path), ...decompressor()], file, signal)
  } finally {
    await copied.close()
  }
}
