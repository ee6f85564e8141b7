import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { openParquet, type ParquetRow } from '../../../store/files/parquet-file.ts'
import { temporaryDirectory } from '../../bin/temporary-directory.ts'

/** A Parquet file of what a query answers, as DuckDB writes it. */
async function parquetOf(query: string, options = ''): Promise<Buffer> {
  const path = join(temporaryDirectory(), 'file.parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`)
  connection.closeSync()
  instance.closeSync()
  return readFileSync(path)
}

async function rowsOf(bytes: Buffer, { asSeconds = [], skipped = 0 }: { asSeconds?: string[]; skipped?: number } = {}) {
  const slice = (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer
  const file = await openParquet({ byteLength: bytes.length, slice }, new Set(asSeconds))
  return await Array.fromAsync(file.rows(skipped))
}

const valuesOf = (row: ParquetRow | undefined) =>
  row?.reason ?? (row === undefined || !('cells' in row) ? undefined : row.cells.map(({ value }) => value))

describe('a Parquet file', () => {
  it.each([
    ['9007199254740993::BIGINT', '9007199254740993'],
    ['(-9223372036854775808)::BIGINT', '-9223372036854775808'],
    ['18446744073709551615::UBIGINT', '18446744073709551615'],
    ['(-128)::TINYINT', '-128'],
    ['4294967295::UINTEGER', '4294967295'],
    ['1.10::DECIMAL(4,2)', '1.10'],
    ['(-0.05)::DECIMAL(4,2)', '-0.05'],
    ['12345678901234567890.123456789::DECIMAL(38,9)', '12345678901234567890.123456789'],
    ['(-12345678901234567890.5)::DECIMAL(38,1)', '-12345678901234567890.5'],
    ['7::DECIMAL(9,0)', '7'],
    ['0.1::DOUBLE', '0.1'],
    ['123::DOUBLE', '123.0'],
    ['1e300::DOUBLE', '1e+300'],
    ['0.5::FLOAT', '0.5'],
    ['true', 'true'],
    [`'zürich'`, 'zürich'],
    [`'\\xC3\\xBC'::BLOB`, 'ü'],
    [`TIMESTAMP '2026-01-02 03:04:05'`, '2026-01-02T03:04:05.000Z'],
    [`TIMESTAMP '2026-01-02 03:04:05.123456'`, '2026-01-02T03:04:05.123456Z'],
    [`TIMESTAMP_NS '2026-01-02 03:04:05.000000001'`, '2026-01-02T03:04:05.000000001Z'],
    [`TIMESTAMP_MS '1969-12-31 23:59:59.999'`, '1969-12-31T23:59:59.999Z'],
    [`TIMESTAMPTZ '2026-01-02 03:04:05.5+00'`, '2026-01-02T03:04:05.500Z'],
    [`DATE '1969-12-31'`, '1969-12-31'],
    [`TIME '03:04:05.25'`, '03:04:05.250'],
    [`'6f1c1e4a-0b7d-4a53-9d5c-2f8f7f3a1b2c'::UUID`, '6f1c1e4a-0b7d-4a53-9d5c-2f8f7f3a1b2c'],
    [`['b', 'a']`, ['b', 'a']],
    ['[1::BIGINT, 9007199254740993]', ['1', '9007199254740993']],
    ['[]::VARCHAR[]', []],
    ['[1.5::DOUBLE, 2]', ['1.5', '2.0']],
  ])('gives %s as %j', async (sql, value) => {
    expect(valuesOf((await rowsOf(await parquetOf(`SELECT ${sql} AS x`)))[0])).toEqual([value])
  })

  it.each([
    [`TIMESTAMP '2026-01-02 03:04:05'`, '1767323045'],
    [`TIMESTAMP '2026-01-02 03:04:05.123456'`, '1767323045.123456'],
    [`TIMESTAMP '1969-12-31 23:59:59.5'`, '-0.5'],
    [`DATE '1970-01-02'`, '86400'],
  ])('gives %s as %s seconds where they are asked for', async (sql, value) => {
    expect(valuesOf((await rowsOf(await parquetOf(`SELECT ${sql} AS x`), { asSeconds: ['x'] }))[0])).toEqual([value])
  })

  it('has no value where there is null or NaN', async () => {
    expect(
      valuesOf((await rowsOf(await parquetOf(`SELECT NULL::BIGINT AS x, 'NaN'::DOUBLE AS y, 1 AS z`)))[0]),
    ).toEqual(['1'])
  })

  it.each([
    [`[1, NULL]`, /^column 'x' has a value .* an element that is no value$/],
    [`'\\xFF'::BLOB`, /^column 'x' has a value .* not UTF-8$/],
  ])('refuses a row with %s alone', async (sql, reason) => {
    expect(valuesOf((await rowsOf(await parquetOf(`SELECT ${sql} AS x`)))[0])).toMatch(reason)
  })

  it.each([
    [`{'a': 1}`, /^column 'x' is a struct or map/],
    ['MAP {1: 2}', /^column 'x' is a /],
    ['[[1]]', /^column 'x' is a /],
    ['INTERVAL 1 DAY', /^column 'x' is a INTERVAL/],
  ])('cannot have a column of %s', async (sql, message) => {
    await expect(rowsOf(await parquetOf(`SELECT ${sql} AS x`))).rejects.toThrow(message)
  })

  it.each([
    'snappy',
    'gzip',
    'zstd',
    'brotli',
    'uncompressed',
  ])('is read in parts, also from its middle: %s', async (codec) => {
    const query = `SELECT i AS x, 'text ' || (i % 7) AS y, CASE WHEN i % 3 = 0 THEN NULL ELSE [i, 1] END AS z FROM range(130000) t(i)`
    const rows = await rowsOf(await parquetOf(query, `, COMPRESSION ${codec}, ROW_GROUP_SIZE 125000`))
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 130_000 }, (_, index) => index + 1))
    for (const [index, row] of rows.entries()) {
      if (valuesOf(row)?.[0] !== String(index)) throw new Error(`row ${index} has ${valuesOf(row)}`)
    }
    expect(valuesOf(rows[129_998])).toEqual(['129998', 'text 1', ['129998', '1']])
    expect(await rowsOf(await parquetOf(query), { skipped: 129_997 })).toEqual(rows.slice(129_997))
  })

  it('is read, or says that it is damaged, whichever of its bytes are', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `r${index}`)
    const columnData = [
      { name: 'id', data: ids, type: 'STRING' as const },
      { name: 'n', data: ids.map((_, index) => index / 2), type: 'DOUBLE' as const },
    ]
    const whole = Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 14, codec: 'UNCOMPRESSED' }))
    const reasons = new Set<string>()
    for (const byte of [0, 0xff]) {
      for (let at = 0; at < whole.length - 8; at++) {
        const bytes = Buffer.from(whole)
        const rows = await rowsOf(bytes.fill(byte, at, at + 8)).catch((error: Error) => error.message)
        if (typeof rows === 'string') reasons.add(rows)
        else expect(rows.length).toBeLessThanOrEqual(40)
      }
    }
    expect(reasons).toContain("column 'id' of the Parquet file, of 14 values, has a page whose header is damaged")
  })

  it('of many columns in many row groups has a footer that is read a row group at a time', async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `column_with_a_rather_long_name_${index}`)
    const columnData = names.map((name) => ({ name, data: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] }))
    const bytes = Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 1 }))
    expect(bytes.readUInt32LE(bytes.length - 8)).toBeGreaterThan(512 * 1024)
    const [first, ...others] = await rowsOf(bytes, { skipped: 5 })
    expect(first).toMatchObject({ number: 6 })
    expect(valuesOf(first)).toEqual(names.map(() => 'f'))
    expect(others.map(({ number }) => number)).toEqual([7, 8])
  })

  it('says so when its row groups have not as many rows as it has', async () => {
    const columnData = [{ name: 'id', data: Array.from({ length: 40 }, (_, index) => `r${index}`) }]
    const bytes = Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 14 }))
    // num_rows, field 3 of the footer, is 40, and then come the row groups.
    const at = bytes.lastIndexOf(Buffer.of(0x16, 2 * 40, 0x19))
    bytes[at + 1] = 2 * 41
    await expect(rowsOf(bytes)).rejects.toThrow('the row groups have 40 rows, and the file says 41')
  })

  it('is damaged when a field of its footer ends before it begins', async () => {
    // Field 1 as bytes of the length -6, which would lead back to itself.
    const footer = Buffer.of(0x18, 0xfa, 0xff, 0xff, 0xff, 0x0f)
    const end = Buffer.concat([footer, Buffer.of(footer.length, 0, 0, 0), Buffer.from('PAR1')])
    await expect(rowsOf(end)).rejects.toThrow('its footer is damaged: a field before the row groups is of type 8')
  })

  it('says that something else is not Parquet', async () => {
    await expect(rowsOf(Buffer.from('id,at\n1,2\n'.repeat(10)))).rejects.toThrow(/parquet/i)
  })
})
