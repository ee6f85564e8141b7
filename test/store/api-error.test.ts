import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote } from '../../store/api-error.ts'

describe('quote', () => {
  it('puts text in quotes, and anything else as JSON', () => {
    expect(quote('text')).toBe("'text'")
    expect(quote(12.5)).toBe("'12.5'")
    expect(quote(null)).toBe("'null'")
    expect(quote([1, { a: 'b', c: [] }])).toBe(`'[1,{"a":"b","c":[]}]'`)
  })

  it('gives a hundred characters of what is longer', () => {
    expect(quote('x'.repeat(101))).toBe(`'${'x'.repeat(100)}...'`)
    expect(quote({ text: 'x'.repeat(200) })).toBe(`'{"text":"${'x'.repeat(91)}...'`)
  })

  it('begins as the JSON text of any value does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = typeof value === 'string' ? value : JSON.stringify(JSON.parse(JSON.stringify(value)))
        expect(quote(value)).toBe(text.length > 100 ? `'${text.slice(0, 100)}...'` : `'${text}'`)
      }),
    )
  })

  it('needs no more stack for a value that is deep', () => {
    let list: unknown = []
    let object: unknown = {}
    for (let level = 0; level < 100_000; level++) {
      list = [list]
      object = { a: object }
    }
    expect(quote(list)).toBe(`'${'['.repeat(100)}...'`)
    expect(quote(object)).toMatch(/^'(\{"a":)+.*\.\.\.'$/)
  })
})
