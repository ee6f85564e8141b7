import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openInput } from '../../../local/ingest/open-input.ts'
import { temporaryDirectory } from '../../bin/temporary-directory.ts'

const PARTS = [Buffer.alloc(1_000, 'a\n'), Buffer.alloc(300_000, 'b\n'), Buffer.from('c,1\n'.repeat(40_000))]
const WHOLE = Buffer.concat(PARTS)
/** A frame that decompressors leave out. */
const SKIPPED = Buffer.from([0x51, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])

async function contentOf(name: string, bytes: Buffer): Promise<Buffer> {
  const path = join(temporaryDirectory(), name)
  writeFileSync(path, bytes)
  const input = await openInput(path, undefined, new AbortController().signal)
  try {
    expect(input.format).toBe('csv')
    return Buffer.concat(await Array.fromAsync(input.source(0)))
  } finally {
    await input.close()
  }
}

describe('a compressed file', () => {
  it.each([
    ['gzip', 'a.csv.gz', gzipSync(WHOLE)],
    ['gzip by its content alone', 'a.csv', gzipSync(WHOLE)],
    ['gzip in parts', 'a.csv.gz', Buffer.concat(PARTS.map((part) => gzipSync(part)))],
    ['zstd', 'a.csv.zst', zstdCompressSync(WHOLE)],
    ['zstd in many frames', 'a.csv', Buffer.concat([...PARTS.map((part) => zstdCompressSync(part)), SKIPPED])],
  ])('is read whole: %s', async (_, name, bytes) => {
    expect((await contentOf(name, bytes)).equals(WHOLE)).toBe(true)
  })

  it.each([
    ['gzip that is cut off', gzipSync(WHOLE).subarray(0, -20)],
    ['zstd that is cut off', zstdCompressSync(WHOLE).subarray(0, -20)],
    [
      'zstd that is cut off in a later frame',
      Buffer.concat([...PARTS.map((part) => zstdCompressSync(part))]).subarray(0, -3),
    ],
    ['zstd with something else behind it', Buffer.concat([zstdCompressSync(WHOLE), Buffer.from('else')])],
  ])('is refused: %s', async (_, bytes) => {
    await expect(contentOf('a.csv', bytes)).rejects.toThrow(/a\.csv cannot be decompressed: /)
  })
})
