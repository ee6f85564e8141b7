import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDeleteTime, windowOf } from '../../../store/deletes/delete-time.ts'

const DAY = 1_767_312_000_000_000_000n // 2026-01-02T00:00:00Z
const CLOCK = DAY + 11_045_000_000_000n // 03:04:05

const TIMES: [text: string, nanos: bigint | undefined][] = [
  ['2026.01.02', DAY],
  ['2026.01.02D', DAY],
  ['2026.01.02D03:04:05', CLOCK],
  ['2026.01.02D03:04:05.', CLOCK],
  ['2026.01.02D03:04:05.6', CLOCK + 600_000_000n],
  ['2026.01.02D03:04:05.006', CLOCK + 6_000_000n],
  ['2026.01.02D03:04:05.000006007', CLOCK + 6_007n],
  ['2026.01.02D03:04:05.0000000001', undefined],
  ['2026-01-02T03:04:05', CLOCK],
  ['2026-01-02T03:04:05Z', CLOCK],
  ['2026-01-02T03:04:05.1', CLOCK + 100_000_000n],
  ['2026-01-02T03:04:05.123456789Z', CLOCK + 123_456_789n],
  ['2026-01-02T03:04:05.Z', undefined],
  ['2026-01-02T03:04:05.', undefined],
  ['2026-01-02T03:04:05+00:00', undefined],
  ['2026-01-02', undefined],
  ['2026-01-02T', undefined],
  ['2026-01-02T03:04', undefined],
  ['2026.01.02D03:04', undefined],
  ['2026.01.02D03', undefined],
  ['2026.01.02D03:04:05Z', undefined],
  ['2026.01.02T03:04:05', undefined],
  ['2026-01-02D03:04:05', undefined],
  ['2026.01.02d03:04:05', undefined],
  ['2026.01-02D03:04:05', undefined],
  ['2026.1.2', undefined],
  ['2026.02.29', undefined],
  ['2024.02.29', 1_709_164_800_000_000_000n],
  ['2100.02.29', undefined],
  ['2000.02.29', 951_782_400_000_000_000n],
  ['2026.02.30D00:00:00', undefined],
  ['2026.04.31', undefined],
  ['2026.00.01', undefined],
  ['2026.13.01', undefined],
  ['2026.01.00', undefined],
  ['2026.01.02D24:00:00', undefined],
  ['2026.01.02D23:59:60', undefined],
  ['2026.01.02D23:60:00', undefined],
  ['1969.12.31D23:59:59.999999999', -1n],
  ['0000.01.01', -62_167_219_200_000_000_000n],
  ['0001-01-01T00:00:00Z', -62_135_596_800_000_000_000n],
  ['9999.12.31D23:59:59.999999999', 253_402_300_799_999_999_999n],
  ['12026.01.02', undefined],
  [' 2026.01.02', undefined],
  ['2026.01.02\n', undefined],
  ['２０２６.01.02', undefined],
  ['0Np', undefined],
  ['-0Wp', undefined],
  ['1767312000', undefined],
  ['', undefined],
]

describe('a time of a delete', () => {
  for (const [text, nanos] of TIMES) {
    it(`${nanos === undefined ? 'refuses' : 'reads'} ${JSON.stringify(text)}`, () => {
      expect(parseDeleteTime(text)).toBe(nanos)
    })
  }

  it('is the same instant in every form, to the nanosecond', () => {
    const milliseconds = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(milliseconds, fc.integer({ min: 0, max: 999_999_999 }), fc.nat(9), (date, nanos, dropped) => {
        const seconds = date.toISOString().slice(0, 19)
        const digits = String(nanos)
          .padStart(9, '0')
          .slice(0, 9 - dropped)
        const expected = BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(digits.padEnd(9, '0'))
        const iso = digits === '' ? seconds : `${seconds}.${digits}`
        const q = `${seconds.replaceAll('-', '.').replace('T', 'D')}.${digits}`
        expect([parseDeleteTime(q), parseDeleteTime(iso), parseDeleteTime(`${iso}Z`)]).toEqual([
          expected,
          expected,
          expected,
        ])
      }),
      { numRuns: 2_000 },
    )
  })

  it('is nothing but the written one: a text with one character changed is another time or none', () => {
    const valid = fc.constantFrom(...TIMES.filter(([, nanos]) => nanos !== undefined).map(([text]) => text))
    const change = fc.record({ at: fc.nat(29), by: fc.string({ unit: 'binary', maxLength: 2 }), over: fc.nat(2) })
    fc.assert(
      fc.property(valid, change, (text, { at, by, over }) => {
        const changed = text.slice(0, at) + by + text.slice(at + over)
        const nanos = parseDeleteTime(changed)
        if (nanos === undefined) return
        // An independent reading: what is accepted has the digits of the instant that came out.
        const iso = new Date(Number((nanos - (((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n))
        const digits = iso.toISOString().replace(/\D/g, '').slice(0, 14)
        expect(digits.startsWith(changed.replace(/\D/g, '').slice(0, 14))).toBe(true)
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('the window of a delete', () => {
  it('holds an event time just when its nanoseconds are at or after the start and before the end', () => {
    const nanos = fc.bigInt({ min: -5_000n, max: 5_000n })
    const micros = fc.bigInt({ min: -6n, max: 6n })
    fc.assert(
      fc.property(
        fc.option(nanos, { nil: undefined }),
        fc.option(nanos, { nil: undefined }),
        micros,
        (start, end, e) => {
          const { from, to } = windowOf(start, end)
          const isInside = (from === undefined || from <= e) && (to === undefined || e < to)
          expect(isInside).toBe((start === undefined || start <= e * 1_000n) && (end === undefined || e * 1_000n < end))
        },
      ),
      { numRuns: 5_000 },
    )
  })

  it('rounds both bounds up, before the epoch as after it', () => {
    expect(windowOf(1n, 1_000n)).toEqual({ from: 1n, to: 1n })
    expect(windowOf(-1_999n, -1n)).toEqual({ from: -1n, to: 0n })
    expect(windowOf(undefined, undefined)).toEqual({})
  })
})
