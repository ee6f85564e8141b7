import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDeleteFilter } from '../../bin/arguments/delete-filter.ts'
import { parseSessionName } from '../../bin/arguments/session-name.ts'
import { parseWindowEnd } from '../../bin/arguments/window-end.ts'

const column = fc.stringMatching(/^[a-zA-Z0-9]([-_]?[a-zA-Z0-9]){0,8}$/)
const sign = fc.constantFrom('=', '<>', '<', '<=', '>', '>=')
const word = fc.stringMatching(/^[a-zA-Z0-9.+:/*?_-]{1,12}$/).filter((text) => text !== 'null')
const blanks = fc.constantFrom('', ' ', '  ', '\t')

describe('a filter of the command line', () => {
  it.each([
    ['country = US', ['=', 'country', 'US']],
    ['country=US', ['=', 'country', 'US']],
    ['  spend>= 100 ', ['>=', 'spend', '100']],
    ['balance < -5', ['<', 'balance', '-5']],
    ['balance<-5', ['<', 'balance', '-5']],
    ['country <> US', ['<>', 'country', 'US']],
    ['city = "New York"', ['=', 'city', 'New York']],
    ['note = ""', ['=', 'note', '']],
    ['note = "null"', ['=', 'note', 'null']],
    ['note = "say \\"a, b\\" \\u00e9"', ['=', 'note', 'say "a, b" é']],
    ['event_time < 2026-01-01T00:00:00Z', ['<', 'event_time', '2026-01-01T00:00:00Z']],
    ['big = 9007199254740993', ['=', 'big', '9007199254740993']],
    ['name like A*', ['like', 'name', 'A*']],
    ['name like [a-c]?', ['like', 'name', '[a-c]?']],
    ['name like "A *"', ['like', 'name', 'A *']],
    ['in = 5', ['=', 'in', '5']],
    ['like like x', ['like', 'like', 'x']],
    ['country in US', ['in', 'country', ['US']]],
    ['country in US,DE', ['in', 'country', ['US', 'DE']]],
    ['country in US , "D,E" ,FR', ['in', 'country', ['US', 'D,E', 'FR']]],
    ['country in ["US", "DE"]', ['in', 'country', ['US', 'DE']]],
    ['spend in [1, 2.5, null]', ['in', 'spend', [1, 2.5, null]]],
    ['spend within 10,20', ['within', 'spend', ['10', '20']]],
    ['spend within [10,20]', ['within', 'spend', [10, 20]]],
  ])('reads %s', (text, condition) => {
    expect(parseDeleteFilter(text)).toEqual(condition)
  })

  it('reads the triple of the API as it is', () => {
    fc.assert(
      fc.property(sign, column, fc.oneof(fc.string(), fc.maxSafeInteger(), fc.constant(null)), (...triple) => {
        expect(parseDeleteFilter(JSON.stringify(triple))).toEqual(triple)
      }),
    )
  })

  it('reads every word as it is typed, whatever the blanks', () => {
    fc.assert(
      fc.property(column, sign, word, fc.tuple(blanks, blanks, blanks), (name, operator, value, [a, b, c]) => {
        expect(parseDeleteFilter(`${a}${name}${b}${operator}${c}${value}`)).toEqual([operator, name, value])
      }),
    )
  })

  it('reads every text in double quotes, alone and in a list', () => {
    fc.assert(
      fc.property(column, fc.array(fc.string(), { minLength: 1 }), (name, values) => {
        const quoted = values.map((value) => JSON.stringify(value))
        expect(parseDeleteFilter(`${name} <> ${quoted[0]}`)).toEqual(['<>', name, values[0]])
        expect(parseDeleteFilter(`${name} in ${quoted.join(', ')}`)).toEqual(['in', name, values])
      }),
    )
  })

  it.each([
    '',
    '   ',
    'country',
    'country US',
    'country = ',
    '= US',
    'country == US',
    'country != US',
    'country => 5',
    'country =< 5',
    'country <> US and spend > 5',
    'country <> US,DE',
    "country = 'US'",
    'city = New York',
    'city = "New" York',
    'city = "New York',
    'spend = null',
    'spend <> null',
    'country in',
    'country in ,',
    'country in US,',
    'country in US DE',
    'country in US,,DE',
    'country in (US,DE)',
    'country in US,null',
    'country in ["US"',
    'country in {"a":1}',
    'country IN US',
    'country incognito',
    'tags = [1,2]',
    'spend within 10',
    'spend within 10,20,30',
    'spend between 1,2',
    'name like',
    '[]',
    '["="]',
    '["=","country"]',
    '["=","country","US","DE"]',
    '[1,"country","US"]',
    '[["=","country","US"]]',
    '["=","country","US"',
    '["=","big",9007199254740993]',
    'big in [9007199254740993]',
  ])('refuses "%s"', (text) => {
    expect(() => parseDeleteFilter(text)).toThrow(/^(It must be|It is not JSON|A value|An integer|The operator)/)
  })
})

describe('an end of a time window', () => {
  it('may be a date alone, and is the text itself otherwise', () => {
    expect(parseWindowEnd('2026-01-31')).toBe('2026-01-31T00:00:00Z')
    for (const text of ['2026.01.31', '2026.01.31D12:00:00.5', '2026-01-31T12:00:00Z', 'yesterday']) {
      expect(parseWindowEnd(text)).toBe(text)
    }
  })

  it('is never empty, which the API would take for no end', () => {
    for (const text of ['', ' ']) expect(() => parseWindowEnd(text)).toThrow('It must be a time')
  })
})

describe('the name of a session', () => {
  it('is a segment of a path', () => {
    expect(parseSessionName('no-small-orders')).toBe('no-small-orders')
    for (const text of ['', '.', '..']) expect(() => parseSessionName(text)).toThrow('name of a session')
  })
})
