import type { AsyncBuffer } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ParquetFile, type ParquetPagesOptions, parquetPages } from '../../../store/offline/parquet-pages.ts'

const ROWS = 100

/** How often each range of bytes was read. */
const reads = new Map<string, number>()
/** What reads fail with. */
let failure: Error | undefined
beforeEach(() => {
  reads.clear()
  failure = undefined
})

const rowsFrom = (first: number) =>
  Array.from({ length: ROWS }, (_, i) => ({ id: `r${first + i}`, count: BigInt(first + i) }))

function fileOf(name: string, first: number, rowGroupSize: number): ParquetFile {
  const rows = rowsFrom(first)
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'id', data: rows.map(({ id }) => id), type: 'STRING' },
      { name: 'count', data: rows.map(({ count }) => count), type: 'INT64' },
    ],
    rowGroupSize,
  })
  const open = async (): Promise<AsyncBuffer> => ({
    byteLength: bytes.byteLength,
    async slice(start, end = bytes.byteLength) {
      if (failure !== undefined) throw failure
      const range = `${name} ${start}-${end}`
      reads.set(range, (reads.get(range) ?? 0) + 1)
      return bytes.slice(start, end)
    },
  })
  return { name, open }
}

/** The pages of files, from first to last. */
async function pagesOf(files: ParquetFile[], options: ParquetPagesOptions) {
  const read = parquetPages(options)
  const pages: { ids: unknown[]; at: string | undefined }[] = []
  let after: string | undefined
  do {
    const { rows, next } = await read(files, after)
    pages.push({ ids: rows.map(({ id }) => id), at: after })
    after = next
  } while (after !== undefined)
  return pages
}

describe('parquetPages', () => {
  const files = [fileOf('a', 0, 64), fileOf('b', ROWS, ROWS)]
  const all = [...rowsFrom(0), ...rowsFrom(ROWS)].map(({ id }) => id)

  it.each([
    { limit: 7 },
    { limit: 7, maxDecoded: 20 },
    { limit: 30, maxDecoded: 8 },
    { limit: 1_000 },
  ])('gives every row once and in order, with %j', async (options) => {
    const pages = await pagesOf(files, options)
    expect(pages.flatMap(({ ids }) => ids)).toEqual(all)
    expect(Math.max(...pages.map(({ ids }) => ids.length))).toBeLessThanOrEqual(options.limit)
  })

  it('gives the same page again, whoever asks for it and whatever was read before', async () => {
    const options = { limit: 7, maxDecoded: 20 }
    const pages = await pagesOf(files, options)
    for (const { ids, at } of pages) {
      const { rows } = await parquetPages(options)(files, at)
      expect(rows.map(({ id }) => id)).toEqual(ids)
    }
  })

  it('reads no byte of a row group twice, however few rows it decodes at once', async () => {
    await pagesOf(files, { limit: 5, maxDecoded: 10 })
    const columns = [...reads].filter(([range]) => range.startsWith('b 4-'))
    expect(columns.map(([, times]) => times)).toEqual(columns.map(() => 1))
    expect(columns.length).toBeGreaterThan(0)
  })

  it.each(['0:70', '1:50'])('reads at %s again what could not be read', async (far) => {
    const read = parquetPages({ limit: 5, maxDecoded: 10 })
    await read(files)
    failure = new Error('away')
    await expect(read(files, far)).rejects.toThrow('away')
    failure = undefined
    expect((await read(files, far)).rows).toHaveLength(5)
  })
})
