import { type FileHandle, open } from 'node:fs/promises'
import { openParquet, type ParquetFile } from '../../store/files/parquet-file.ts'

export interface OpenParquetFile extends ParquetFile {
  close(): Promise<void>
}

/** Opens a Parquet file of this machine. Throws as `openParquet` does. */
export async function openParquetFile(path: string, asSeconds: ReadonlySet<string>): Promise<OpenParquetFile> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const bytes = { byteLength: size, slice: (start: number, end = size) => readSlice(file, start, end) }
    return { ...(await openParquet(bytes, asSeconds)), close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function readSlice(file: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(end - start)
  let length = 0
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, start + length)
    if (bytesRead === 0) throw new Error('the Parquet file is shorter than it says')
    length += bytesRead
  }
  return bytes.buffer
}
