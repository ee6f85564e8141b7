import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inputOf, rowsOf, valuesOf } from './rows-in.ts'

async function read(content: string | Buffer) {
  const rows = await rowsOf(await inputOf('rows.jsonl', content))
  return rows.map((row) => [row.line, valuesOf(row)])
}

async function readOne(line: string) {
  return (await read(line))[0]?.[1]
}

describe('JSON lines', () => {
  it('keep their numbers as they are written', async () => {
    expect(await readOne('{"a":9007199254740993,"b":1.10,"c":-0,"d":1E400,"e":[1.0,2e3]}')).toEqual({
      a: '9007199254740993',
      b: '1.10',
      c: '-0',
      d: '1E400',
      e: ['1.0', '2e3'],
    })
  })

  it('have strings and booleans as text, lists as lists, and nothing for null', async () => {
    expect(await readOne('{"a":" x\\u00e9 ","b":true,"c":null,"d":["x",false],"e":[]}')).toEqual({
      a: ' xé ',
      b: 'true',
      d: ['x', 'false'],
      e: [],
    })
  })

  it('may be records as the API has them', async () => {
    const record =
      '[{"FeatureName":"a","ValueAsString":"1"},{"FeatureName":"b","ValueAsStringList":["x"]},{"FeatureName":"c"}]'
    expect(await readOne(`{"Record":${record}}`)).toEqual({ a: '1', b: ['x'] })
  })

  it('may have a feature that is called Record', async () => {
    expect(await readOne('{"Record":["x"],"id":1}')).toEqual({ Record: ['x'], id: '1' })
  })

  it('end with LF or CRLF, and blank ones are skipped', async () => {
    expect(await read('\uFEFF{"a":1}\r\n\r\n  \n{"a":2}')).toEqual([
      [1, { a: '1' }],
      [4, { a: '2' }],
    ])
  })

  it.each([
    ['[1]', 'not a JSON object'],
    ['7', 'not a JSON object'],
    ['{"a":1', 'not valid JSON'],
    ['{"a":{"b":1}}', "'a' is or holds an object"],
    ['{"a":[null]}', "'a' is or holds null"],
    ['{"a":[[1]]}', "'a' is or holds a list in a list"],
    ['{"Record":[{"FeatureName":"a","ValueAsString":1}]}', 'not a string or a list of strings'],
    ['{"Record":[{"FeatureName":1}]}', 'is not a string'],
    ['{"Record":[{"FeatureName":"a","Value":"1"}]}', "'Value'"],
    ['{"Record":[{"FeatureName":"a","ValueAsString":"1","ValueAsStringList":[]}]}', 'has both'],
    ['{"Record":[{"FeatureName":"a"}],"TtlDuration":{}}', 'no other member'],
    [`${'['.repeat(100_000)}`, 'not valid JSON'],
  ])('are refused: %.60s', async (line, reason) => {
    expect(await readOne(line)).toContain(reason)
  })

  it('that are not UTF-8, or longer than 4 MiB, are refused, and the lines after them are read', async () => {
    const long = Buffer.from(`{"a":"${'x'.repeat(9 * 1024 * 1024)}"}\n`)
    const content = Buffer.concat([Buffer.from('{"a":"\xeb"}\n', 'latin1'), long, Buffer.from('{"a":"é"}\n')])
    expect(await read(content)).toEqual([
      [1, 'the line is not UTF-8'],
      [2, 'the line has more than 4194304 bytes'],
      [3, { a: 'é' }],
    ])
  })

  it('are shown as they are written when they are refused', async () => {
    const rows = await rowsOf(await inputOf('rows.jsonl', ' {"a":1.10}\n[1.10]\n{"a"\n'))
    expect(rows.map((row) => row.json())).toEqual(['{"a":1.10}', '[1.10]', '"{\\"a\\""'])
  })

  it('come back as they were written, whatever is in them', async () => {
    const rows = fc.array(fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' })), {
      maxLength: 10,
    })
    await fc.assert(
      fc.asyncProperty(rows, async (objects) => {
        const content = objects.map((object) => JSON.stringify(object)).join('\n')
        const found = (await read(content)).map(([, values]) => values)
        expect(found).toEqual(objects.map((object) => ({ ...object })))
      }),
      { numRuns: 100 },
    )
  })
})
