import { open } from 'node:fs/promises'
import { Duplex } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { splitZstdFrames } from './zstd-frames.ts'

const KINDS: { magic: Buffer; extension: RegExp; decompress: () => Duplex[] }[] = [
  { magic: Buffer.from([0x1f, 0x8b]), extension: /\.gz$/i, decompress: () => [createGunzip()] },
  {
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    extension: /\.zst(d)?$/i,
    decompress: () => [Duplex.from(splitZstdFrames), createZstdDecompress()],
  },
]
const PARQUET = Buffer.from('PAR1')
const HEAD_BYTES = 4

/** A name without the extension of a compressed file. */
export function uncompressedName(name: string): string {
  return KINDS.reduce((shorter, { extension }) => shorter.replace(extension, ''), name)
}

/** The streams that decompress a file, as its content shows; undefined for any other. */
export async function decompressorOf(path: string): Promise<(() => Duplex[]) | undefined> {
  const head = await headOf(path)
  return KINDS.find(({ magic }) => magic.equals(head.subarray(0, magic.length)))?.decompress
}

/** True for a file that its content shows to be Parquet. */
export async function isParquet(path: string): Promise<boolean> {
  return PARQUET.equals(await headOf(path))
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
