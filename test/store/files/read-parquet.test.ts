import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { readColumns, readRows } from '../../../store/files/read-rows.ts'
import { chunkedSource, inputOf, valuesOf } from './rows-in.ts'

const COUNT = 3_000
const bytes = Buffer.from(
  parquetWriteBuffer({
    columnData: [
      { name: 'id', data: Array.from({ length: COUNT }, (_, index) => `id ${index}`), type: 'STRING' },
      { name: 'n', data: Array.from({ length: COUNT }, (_, index) => index), type: 'INT32' },
    ],
    rowGroupSize: 1_000,
  }),
)

describe('Parquet rows', () => {
  it('are numbered from one and end with the bytes', async () => {
    const input = await inputOf('rows.parquet', bytes)
    const rows = await Array.fromAsync(readRows(input))
    expect(rows.map(({ line }) => line)).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1))
    expect(rows.at(-1)?.end).toBe(bytes.length)
    expect(rows.slice(-1).map(valuesOf)).toEqual([{ id: 'id 2999', n: '2999' }])
    expect(rows.at(-1)?.json()).toBe('{"id":"id 2999","n":"2999"}')
    expect(await readColumns(input)).toEqual(['id', 'n'])
  })

  it('are read from any of them on', async () => {
    const input = { ...(await inputOf('rows.parquet', bytes)), from: { byte: 0, line: 1_501 } }
    const rows = await Array.fromAsync(readRows(input))
    expect(rows).toHaveLength(1_500)
    expect(rows.slice(0, 1).map(valuesOf)).toEqual([{ id: 'id 1500', n: '1500' }])
  })

  it('cannot be read from bytes that end too soon', async () => {
    const input = { ...(await inputOf('rows.parquet', bytes)), bytes: bytes.length + 1 }
    await expect(Array.fromAsync(readRows(input))).rejects.toThrow(
      'rows.parquet cannot be read as Parquet: the Parquet file is shorter than it says',
    )
  })

  it('cannot be read from an empty file', async () => {
    const input = await inputOf('rows.parquet', Buffer.of())
    await expect(readColumns(input)).rejects.toThrow(/^rows\.parquet cannot be read as Parquet: /)
  })

  it('need only the bytes of their columns, in ranges', async () => {
    const asked: [number, number | undefined][] = []
    const whole = chunkedSource(bytes)
    const input = await inputOf('rows.parquet', bytes)
    const source: typeof whole = (start, end) => {
      asked.push([start, end])
      return whole(start, end)
    }
    await Array.fromAsync(readRows({ ...input, source, from: { byte: 0, line: 2_001 } }))
    const read = asked.filter(([, end = 0]) => end < bytes.length)
    expect(read.length).toBeGreaterThan(0)
    expect(Math.min(...read.map(([start]) => start))).toBeGreaterThan(bytes.length / 3)
  })
})
