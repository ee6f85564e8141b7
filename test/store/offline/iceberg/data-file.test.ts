import fc from 'fast-check'
import { parquetMetadata, type Statistics } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { type Cell, type Column, gatherColumns } from '../../../../store/offline/iceberg/columns.ts'
import { dataFileWriter, type EncodedFile, parquetSchema } from '../../../../store/offline/iceberg/data-file.ts'
import { readRowGroups } from '../../../../store/offline/iceberg/read-data-file.ts'
import type { IcebergField, IcebergPrimitive } from '../../../../store/offline/iceberg/schema.ts'

const field = (id: number, type: IcebergPrimitive): IcebergField => ({ id, name: `c${id}`, required: false, type })

/** A file with a row group for every so many rows. */
function fileOf(columns: Column[], rowsPerGroup = Number.POSITIVE_INFINITY): EncodedFile {
  const fields = columns.map((column) => column.field)
  const writer = dataFileWriter(fields)
  const count = columns[0]?.cells.length ?? 0
  for (let first = 0; first < count; first += rowsPerGroup) {
    const part = columns.map((column) => ({ ...column, cells: column.cells.slice(first, first + rowsPerGroup) }))
    writer.write(gatherColumns(fields, [part]))
  }
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

const aLong = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, 2n ** 53n + 2n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 63n - 2n, 0n),
  fc.bigInt({ min: -3n, max: 3n }),
)
const aText = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ maxLength: 20 }), fc.constant('often'))

/** A column of each type with cells for as many rows: few texts, and so many that all have bytes of their own. */
const someColumns = fc.constantFrom(1, 5, 150).chain((count) => {
  const cellsOf = (cell: fc.Arbitrary<Cell>) => fc.array(fc.option(cell), { minLength: count, maxLength: count })
  return fc
    .tuple(cellsOf(aLong), cellsOf(fc.double()), cellsOf(aText), cellsOf(fc.boolean()), cellsOf(fc.constant(null)))
    .map(([longs, doubles, strings, booleans, nulls]): Column[] => [
      { field: field(1, 'long'), cells: longs },
      { field: field(2, 'timestamp'), cells: longs },
      { field: field(3, 'double'), cells: doubles },
      { field: field(4, 'string'), cells: strings },
      { field: field(5, 'boolean'), cells: booleans },
      { field: field(6, 'string'), cells: nulls },
    ])
})

function statisticsOf(bytes: Uint8Array): (Statistics | undefined)[] {
  const { row_groups } = parquetMetadata(new Uint8Array(bytes).buffer)
  return row_groups.flatMap(({ columns }) => columns.map((column) => column.meta_data?.statistics))
}

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

  it('says of its columns what the library finds out itself', () => {
    fc.assert(
      fc.property(someColumns, (columns) => {
        const schema = parquetSchema(columns.map((column) => column.field))
        const columnData = columns.map(({ field: { name }, cells: data }) => ({ name, data }))
        const found = parquetWriteBuffer({ schema, columnData })
        expect(statisticsOf(fileOf(columns).bytes)).toEqual(statisticsOf(new Uint8Array(found)))
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['long', 1],
    ['timestamp', new Date(0) as unknown as Cell],
    ['double', 1n],
    ['string', true],
  ] as const)('is not made of a %s that is %s', (type, cell) => {
    expect(() => fileOf([{ field: field(1, type), cells: [cell] }])).toThrow('a value of another type')
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
    const { valueCounts, nullCounts, lowerBounds, upperBounds } = fileOf(columns, 40_000).metrics
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
