import { Duplex, pipeline, Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { ByteSource } from './chunks.ts'
import { splitZstdFrames } from './zstd-frames.ts'

/** Makes the streams that decompress bytes. */
export type Decompressor = () => Duplex[]

const KINDS: { magic: Buffer; extension: RegExp; decompress: Decompressor }[] = [
  { magic: Buffer.from([0x1f, 0x8b]), extension: /\.gz$/i, decompress: () => [createGunzip()] },
  {
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    extension: /\.zst(d)?$/i,
    decompress: () => [Duplex.from(splitZstdFrames), createZstdDecompress()],
  },
]
const PARQUET = Buffer.from('PAR1')

/** So many first bytes of a file tell whether it is compressed, and whether it is Parquet. */
export const HEAD_BYTES = 4

/** A name without the extension of a compressed file. */
export function uncompressedName(name: string): string {
  return KINDS.reduce((shorter, { extension }) => shorter.replace(extension, ''), name)
}

/** What decompresses a file that begins so; undefined for any that is not compressed. */
export function decompressorOf(head: Buffer): Decompressor | undefined {
  return KINDS.find(({ magic }) => magic.equals(head.subarray(0, magic.length)))?.decompress
}

/** True for a file whose first bytes show it to be Parquet. */
export function isParquet(head: Buffer): boolean {
  return PARQUET.equals(head.subarray(0, HEAD_BYTES))
}

/**
 * The bytes that compressed ones stand for, none of which are kept: reading from a place on decompresses all before it
 * again. Reading throws when they cannot be decompressed.
 */
export function decompressedSource(source: ByteSource, decompress: Decompressor): ByteSource {
  return async function* (start, end = Number.POSITIVE_INFINITY) {
    const [first, ...others] = decompress()
    if (first === undefined) throw new RangeError('there is nothing that decompresses')
    // What goes wrong in any stream is thrown by the last one.
    const output = pipeline([Readable.from(source(0)), first, ...others], () => {}) as unknown as AsyncIterable<Buffer>
    let position = 0
    for await (const chunk of output) {
      const part = chunk.subarray(Math.max(start - position, 0), Math.max(end - position, 0))
      position += chunk.length
      if (part.length > 0) yield part
      if (position >= end) return
    }
  }
}
