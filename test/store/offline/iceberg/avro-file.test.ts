import type { Schema } from 'avsc'
import { describe, expect, it } from 'vitest'
import { avroFile } from '../../../../store/offline/iceberg/avro-file.ts'

const field = (name: string, type: string, id: number) => ({ name, type, 'field-id': id })
const schema = (...fields: object[]) => ({ type: 'record', name: 'r', fields }) as unknown as Schema
const one = schema(field('a', 'long', 134), field('b', 'string', 135))
const metadata = { content: 'data' }

describe('a file of Avro', () => {
  it('has the records that were put into it, none too, and the metadata', async () => {
    const records = Array.from({ length: 5_000 }, (_, a) => ({ a, b: `text ${a}` }))
    const bytes = await avroFile(one).encode(records, metadata)
    expect((await avroFile(one).decode<object>(bytes)).map((record) => ({ ...record }))).toEqual(records)
    expect(bytes.toString('latin1')).toContain('content\x08data')
    expect(await avroFile(one).decode(await avroFile(one).encode([], metadata))).toEqual([])
  })

  it('has the ids of its fields in its header', async () => {
    const bytes = await avroFile(one).encode([], metadata)
    expect(bytes.toString('latin1')).toContain(JSON.stringify(one))
  })

  it('is read by the schema that it was written with', async () => {
    const other = schema(field('b', 'string', 135), field('c', 'double', 136))
    const bytes = await avroFile(other).encode([{ b: 'x', c: 0.5 }], metadata)
    expect((await avroFile(one).decode<object>(bytes)).map((record) => ({ ...record }))).toEqual([{ b: 'x', c: 0.5 }])
  })

  it('is an error when it is cut off among its records', async () => {
    const bytes = await avroFile(one).encode([{ a: 1, b: 'x'.repeat(1_000) }], {})
    const header = (await avroFile(one).encode([], {})).length
    for (let at = header + 1; at < bytes.length; at++) {
      await expect(avroFile(one).decode(bytes.subarray(0, at)), `cut off at ${at}`).rejects.toThrow()
    }
  })
})
