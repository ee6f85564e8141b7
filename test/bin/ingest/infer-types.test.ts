import { describe, expect, it } from 'vitest'
import { textType } from '../../../bin/ingest/infer-types.ts'
import { planGroup } from '../../../bin/ingest/plan-group.ts'
import { inputOf } from './file-input.ts'

async function plan(name: string, content: string) {
  const wanted = { name: 'group', identifier: 'id', eventTime: 'at' }
  return (await planGroup(await inputOf(name, content), wanted, () => {})).plan
}

/** What each column becomes. */
async function types(name: string, content: string) {
  const { features } = await plan(name, content)
  return Object.fromEntries(
    features.map(({ FeatureName, FeatureType, CollectionType }) => [
      FeatureName,
      CollectionType === undefined ? FeatureType : `${CollectionType} of ${FeatureType}`,
    ]),
  )
}

const AT = '2026-01-01T00:00:00Z'

describe('the type of a text', () => {
  it.each(['0', '-0', '7', '-12', '9223372036854775807', '-9223372036854775808'])('is Integral for %s', (text) => {
    expect(textType(text)).toBe('Integral')
  })

  it.each(['0.5', '-1.10', '.5', '3.', '1e3', '2.5E-7', '100000000000000000000.0'])('is Fractional for %s', (text) => {
    expect(textType(text)).toBe('Fractional')
  })

  it.each([
    '',
    '01234',
    '00',
    '-01',
    '00.5',
    '+49',
    '9223372036854775808',
    '1e999',
    'NaN',
    'Infinity',
    '0x10',
    ' 1',
    '1 ',
    '1,5',
    '.',
    'e3',
    'true',
  ])('is String for "%s"', (text) => {
    expect(textType(text)).toBe('String')
  })
})

describe('the inferred group', () => {
  it('has the type that fits every value of a column', async () => {
    const rows = [`1,${AT},5,1,01234,,x`, `2,${AT},-3,1.5,97039,,`, `3,${AT},,2,10001,,7`]
    expect(await types('a.csv', `id,at,count,price,zip,empty,mixed\n${rows.join('\n')}\n`)).toEqual({
      id: 'Integral',
      at: 'String',
      count: 'Integral',
      price: 'Fractional',
      zip: 'String',
      empty: 'String',
      mixed: 'String',
    })
  })

  it('sees a value that does not fit at the very end of a long file', async () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => `${i},${AT},${i}`)
    const found = await types('a.csv', `id,at,count\n${rows.join('\n')}\n50000,${AT},n/a\n`)
    expect(found['count']).toBe('String')
  })

  it('has a Fractional event time for epoch seconds, whole or not, in JSON also as strings', async () => {
    expect((await types('a.csv', 'id,at\n1,1700000000\n2,1700000000.5\n'))['at']).toBe('Fractional')
    expect((await types('a.csv', 'id,at\n1,1700000000\n'))['at']).toBe('Fractional')
    expect((await types('a.jsonl', '{"id":1,"at":"1700000000.123"}\n'))['at']).toBe('Fractional')
  })

  it('follows the types of JSON: strings stay Strings, lists become Lists', async () => {
    const lines = [
      `{"id":1,"at":"${AT}","code":"12","flag":true,"score":1,"tags":["1","2"],"v":[1,2],"w":[]}`,
      `{"id":2,"at":"${AT}","score":1.5,"v":[0.5],"more":3}`,
    ]
    expect(await types('a.jsonl', lines.join('\n'))).toEqual({
      id: 'Integral',
      at: 'String',
      code: 'String',
      flag: 'String',
      score: 'Fractional',
      tags: 'List of String',
      v: 'List of Fractional',
      w: 'List of String',
      more: 'Integral',
    })
  })

  it('takes no notice of rows that cannot be read', async () => {
    expect((await types('a.csv', `id,at,n\n1,${AT},5\n2,${AT},x,y\n3,${AT},"x"y\n`))['n']).toBe('Integral')
  })

  it('has both stores', async () => {
    expect(await plan('a.csv', `id,at\n1,${AT}\n`)).toMatchObject({ online: {}, offline: 's3://cairn-local/' })
  })

  it.each([
    ['no such column', 'key,at\n1,x\n', "no column 'id'; it has 'key', 'at'"],
    ['no rows', 'id,at\n', "no row has an event time in 'at'"],
    ['other forms of time', 'id,at\n1,2026-01-01 10:00:00\n', "on line 2, '2026-01-01 10:00:00'"],
    ['milliseconds', 'id,at\n1,1700000000000\n', 'seconds since 1970'],
    ['a name that is no feature name', `id,at,first name\n1,${AT},x\n`, "'first name' cannot be a feature"],
  ])('is refused for %s', async (_, content, message) => {
    await expect(plan('a.csv', content)).rejects.toThrow(message)
  })

  it('is refused for a feature that is a list and a single value', async () => {
    await expect(plan('a.jsonl', `{"id":1,"at":"${AT}","x":[1]}\n{"id":2,"at":"${AT}","x":1}\n`)).rejects.toThrow(
      "'x' is a list on some lines and a single value on others, as on line 2",
    )
  })
})
