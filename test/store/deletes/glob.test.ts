import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileGlob } from '../../../store/deletes/glob.ts'
import { KdbError } from '../../../store/deletes/kdb-error.ts'

type Case = [text: string, pattern: string, isMatch: boolean]

/** The examples of each page, with q's own answers. */
const PAGES: { [page: string]: Case[] } = {
  'https://code.kx.com/q/ref/like/': [
    ['quick', 'qu?ck', true],
    ['brown', 'br[ao]wn', true],
    ['quickly', 'quick*', true],
    ['quick', 'quick', true],
    ['quick', 'quickish', false],
    ['brawn', 'br[^o]wn', true],
    ['brown', 'br[^o]wn', false],
    ['quick', 'brown', false],
    ['fox', 'brown', false],
  ],
  'https://code.kx.com/q/basics/regex/': [
    ['brown', '?rown', true],
    ['grown', '?rown', true],
    ['brown', '[bf]rown', true],
    ['brown', '[^cf]rown', true],
    ['br^wn', 'br[&^]wn', true],
    ['brAwn', 'br[A-Z]wn', true],
    ['br0wn', 'br[0-3]wn', true],
    ['br0wn', 'br[3-6]wn', false],
    ['br0wn', 'br[^3-6]wn', true],
    ['brown', 'br?*wn', true],
    ['brown', 'br[?*]wn', false],
    ['br*wn', 'br[*]wn', true],
    ['br?wn', 'br[?]wn', true],
    ['br]wn', '[bf]r[]]wn', true],
    ['roam', 'r?me', false],
    ['rome', 'r?me', true],
    ['roam', 'ro*', true],
    ['rome', 'ro*', true],
    ['roam', 'ro[ab]?', true],
    ['rome', 'ro[ab]?', false],
    ['roam', 'ro[^ab]?', false],
    ['rome', 'ro[^ab]?', true],
    ['a[c', 'a[[]c', true],
    ['ab*c', 'ab[*]c', true],
    ['abcc', 'ab[*]c', false],
    ['ab?c', 'ab[?]c', true],
    ['abcc', 'ab[?]c', false],
    ['ab^c', 'ab[*^]c', true],
    ['abcc', 'ab[*^]c', false],
    ['brown', 'br*wn', true],
    ['broom of your own', 'br*wn', true],
    ['brwn', 'br*wn', true],
    ['Now is the time for all good men to come to the aid of the party.', '*the*', true],
    ['Smith John 101 N Broadway Elmsville 123-4567', 'Sm[iy]th*', true],
    ['Smothers 11 Jordan Road Oakwood 123-2357', 'Sm[iy]th*', false],
    ['Smythe Ken 321-a Maple Avenue Elmstown 123-9999', '*321-*', true],
    ['Smythe Ken 321-a Maple Avenue Elmstown 123-9999', '*321-[0-9]*', false],
    ['Smith-Hawkins K Maple St Elmwood 321-832e', '*321-[0-9][0-9][0-9][0-9]', false],
    ['Smyth Barbara 27 Maple Ave Elmstwn 321-7654', '*321-[0-9][0-9][0-9][0-9]', true],
    ['Smith-Hawkins K Maple St Elmwood 321-832e', '*321-????', true],
    ['Smith-Hawkins K Maple St Elmwood 321-832e', '*[^0-9]', true],
    ['Smyth Barbara 27 Maple Ave Elmstwn 321-7654', '*[^0-9]', false],
  ],
  'http://code.kx.com/mediawiki/index.php?title=Reference/like': [
    ['ab^c', 'ab[^]c', true],
    ['abcc', 'ab[^]c', false],
    ['Smothers 11 Jordan Road Oakwood 123-2357', 'Sm?th*', true],
  ],
  'what the pages leave open': [
    ['Now is the time for all good men to come to the aid of the party.', '*the*the*', true],
    ['^]', '[^]]', true],
    ['x', '[^]]', false],
    ['', '', true],
    ['x', '', false],
    ['', '*', true],
    ['', '?', false],
    ['Quick', 'quick', false],
    ['a-c', 'a[-]c', true],
    ['a-c', 'a[a-]c', true],
    ['-', '[a-c-e]', true],
    ['d', '[a-c-e]', false],
    ['a]c', 'a]c', true],
    ['a\\*', 'a\\*', true],
    ['a^c', 'a^c', true],
    ['🦊', '?', true],
    ['🦊', '??', false],
    ['🦊x', '[🦁-🦄]?', false],
    ['🦊x', '[🦀-🦒]?', true],
    ['a🦊b', 'a[^x]b', true],
    ['🦊c', '*[^🦊]c', false],
    ['line\nbreak', 'line?break', true],
  ],
}

describe('a like pattern', () => {
  for (const [page, cases] of Object.entries(PAGES)) {
    it.each(cases)(`%j like %j is %j (${page})`, (text, pattern, isMatch) => {
      expect(compileGlob(pattern)(text)).toBe(isMatch)
    })
  }

  it.each([
    ['['],
    ['a['],
    ['[]'],
    ['a[]b'],
    ['[^'],
    ['[^x'],
    ['[a-'],
    ['[z-a]'],
    ['x'.repeat(1_025)],
  ])('is refused when it is %j', (pattern) => {
    expect(() => compileGlob(pattern)).toThrow(KdbError)
  })

  it('matches what a plain reading of it matches', () => {
    const piece = fc.constantFrom(
      '*',
      '?',
      '[ab]',
      '[^a]',
      '[a-c]',
      '[^b-c]',
      '[]]',
      '[-]',
      '[^]',
      'a',
      'b',
      'c',
      '🦊',
      ']',
    )
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '🦊', ']', '-', '^'), maxLength: 8 })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), letters, (pieces, text) => {
        expect(compileGlob(pieces.join(''))(text)).toBe(readsAs(pieces, [...text]))
      }),
      { numRuns: 20_000 },
    )
  })

  it('ends in time on a pattern that a backtracking matcher would not end on', () => {
    const test = compileGlob(`${'*a'.repeat(500)}*b`)
    expect(test('a'.repeat(100_000))).toBe(false)
    expect(test(`${'a'.repeat(100_000)}b`)).toBe(true)
  })

  it('is either refused with KdbError or a test, whatever it is made of', () => {
    const special = fc.string({
      unit: fc.constantFrom('*', '?', '[', ']', '^', '-', 'a', 'z', '🦊', '\\'),
      maxLength: 12,
    })
    fc.assert(
      fc.property(fc.oneof(special, fc.string({ unit: 'binary' })), fc.string({ unit: 'binary' }), (pattern, text) => {
        try {
          expect(compileGlob(pattern)(text)).toBeTypeOf('boolean')
        } catch (error) {
          expect(error).toMatchObject({ name: 'KdbError', status: 400, text: 'invalid' })
        }
      }),
      { numRuns: 10_000 },
    )
  })
})

/** The definition of each piece, tried in every way. */
function readsAs([piece, ...pieces]: string[], text: string[]): boolean {
  if (piece === undefined) return text.length === 0
  if (piece === '*') return readsAs(pieces, text) || (text.length > 0 && readsAs([piece, ...pieces], text.slice(1)))
  const [character, ...rest] = text
  if (character === undefined) return false
  const isOne: { [piece: string]: boolean } = {
    '?': true,
    '[ab]': 'ab'.includes(character),
    '[^a]': character !== 'a',
    '[a-c]': 'abc'.includes(character),
    '[^b-c]': !'bc'.includes(character),
    '[]]': character === ']',
    '[-]': character === '-',
    '[^]': character === '^',
  }
  return (isOne[piece] ?? character === piece) && readsAs(pieces, rest)
}
