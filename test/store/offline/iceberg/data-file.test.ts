import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cell, Column } from '../../../../store/offline/iceberg/columns.ts'
import { dataFileWriter, type EncodedFile } from '../../../../store/offline/iceberg/data-file.ts'
import { readRowGroups } from '../../../../store/offline/iceberg/read-data-file.ts'
import type { IcebergField, IcebergPrimitive } from '../../../../store/offline/iceberg/schema.ts'

const field = (id: number, type: IcebergPrimitive): IcebergField => ({ id, name: `c${id}`, required: false, type })

function fileOf(columns: Column[]): EncodedFile {
  const writer = dataFileWriter(columns.map((column) => column.field))
  writer.write(columns)
  return writer.finish()
}

async function readBack(columns: Column[]): Promise<Cell[][]> {
  const { bytes } = fileOf(columns)
  const fields = columns.map((column) => column.field)
  const groups = await Array.fromAsync(readRowGroups(Buffer.from(bytes), fields))
  return fields.map((_, index) => groups.flatMap((group) => group.columns[index]?.cells ?? []))
}

/** Texts that are all different, of which some are null: as many as the rows that a commit has. */
const texts = (unit: 'binary' | 'binary-ascii') =>
  fc
    .uniqueArray(fc.string({ unit, maxLength: 40 }), { minLength: 150, maxLength: 1_500, size: 'max' })
    .map((all) => all.map((text, index): Cell => (index % 50 === 7 ? null : text)))

describe('a data file', () => {
  it.each(['binary', 'binary-ascii'] as const)('has texts of %s as they went in', async (unit) => {
    await fc.assert(
      fc.asyncProperty(texts(unit), async (cells) => {
        expect(await readBack([{ field: field(1, 'string'), cells }])).toEqual([cells])
      }),
      { numRuns: 20 },
    )
  })

  it('has few texts among many that are not ASCII, and the other way round', async () => {
    const ascii = Array.from({ length: 2_500 }, (_, i): Cell => `identifier ${i}`)
    const cells = ascii.with(1_200, 'é😀').with(2_499, '')
    expect(await readBack([{ field: field(1, 'string'), cells }])).toEqual([cells])
  })

  it('is bounded by its least and its greatest values, over all its parts', async () => {
    const count = 150_000
    const numbers = Array.from({ length: count }, (_, i): Cell => (i === 7 ? null : BigInt((i * 7) % count)))
    const names = numbers.map((cell): Cell => (cell === null ? null : `a long identifier ${cell}`))
    const doubles = numbers.map((cell): Cell => (cell === 3n ? Number.NaN : Number(cell) / 2))
    const columns = [
      { field: field(1, 'long'), cells: numbers },
      { field: field(2, 'string'), cells: names },
      { field: field(3, 'double'), cells: doubles },
      { field: field(4, 'string'), cells: numbers.map(() => null) },
    ]
    const { valueCounts, nullCounts, lowerBounds, upperBounds } = fileOf(columns).metrics
    expect([...valueCounts]).toEqual([1, 2, 3, 4].map((id) => [id, count]))
    expect([...nullCounts]).toEqual([
      [1, 1],
      [2, 1],
      [3, 0],
      [4, count],
    ])
    expect(lowerBounds.get(1)?.readBigInt64LE()).toBe(0n)
    expect(upperBounds.get(1)?.readBigInt64LE()).toBe(BigInt(count - 1))
    expect(lowerBounds.get(2)?.toString()).toBe('a long identifie')
    expect(upperBounds.get(2)?.toString()).toBe('a long identifif')
    expect(upperBounds.get(3)?.readDoubleLE()).toBe((count - 1) / 2)
    expect([lowerBounds.has(4), upperBounds.has(4)]).toEqual([false, false])
  })
})
