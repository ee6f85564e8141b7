import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readBytes } from '../../../store/files/chunks.ts'
import { decompressedSource, decompressorOf } from '../../../store/files/compression.ts'
import { readRows } from '../../../store/files/read-rows.ts'
import { wholeInput } from '../../../store/files/row-input.ts'
import { chunkedSource, valuesOf } from './rows-in.ts'

const LINES = Array.from({ length: 20_000 }, (_, n) => `${n},${'x'.repeat(n % 50)}\n`)
const WHOLE = Buffer.from(`\uFEFFid,text\n${LINES.join('')}`)
const KINDS: [string, Buffer][] = [
  ['gzip', gzipSync(WHOLE)],
  ['zstd', zstdCompressSync(WHOLE)],
]

function sourceOf(compressed: Buffer) {
  const decompress = decompressorOf(compressed)
  if (decompress === undefined) throw new Error('it does not look compressed')
  return decompressedSource(chunkedSource(compressed), decompress)
}

describe('the bytes behind compressed ones', () => {
  it.each(KINDS)('are read from any place to any other: %s', async (_, compressed) => {
    const source = sourceOf(compressed)
    for (const [start, end] of [
      [0, 4],
      [0, WHOLE.length],
      [70_000, 70_001],
      [100_000, 400_000],
      [WHOLE.length - 10, WHOLE.length + 10],
      [WHOLE.length, WHOLE.length + 10],
    ] as const) {
      expect((await readBytes(source, start, end)).equals(WHOLE.subarray(start, end))).toBe(true)
    }
  })

  it.each(KINDS)('are rows: %s', async (_, compressed) => {
    const input = await wholeInput({ name: 'a.csv', format: 'csv', source: sourceOf(compressed), bytes: WHOLE.length })
    const rows = await Array.fromAsync(readRows(input))
    expect(rows).toHaveLength(LINES.length)
    expect(rows.at(-1)).toMatchObject({ line: LINES.length + 1, end: WHOLE.length })
    expect(rows.slice(-2).map(valuesOf)).toEqual([
      { id: '19998', text: 'x'.repeat(48) },
      { id: '19999', text: 'x'.repeat(49) },
    ])
  })

  it.each(KINDS)('end with an error when they are cut off: %s', async (_, compressed) => {
    await expect(readBytes(sourceOf(compressed.subarray(0, -20)), 0, WHOLE.length)).rejects.toThrow()
  })
})
