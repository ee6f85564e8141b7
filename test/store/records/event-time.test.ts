import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { floorSeconds, isoSeconds, parseEventTime } from '../../../store/records/event-time.ts'

describe('an ISO event time', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0n],
    ['1970-01-01T00:00:00.001Z', 1_000n],
    ['2021-08-25T20:34:41.361Z', 1_629_923_681_361_000n],
    ['2024-02-29T23:59:59Z', 1_709_251_199_000_000n],
    ['0000-01-01T00:00:00.000Z', -62_167_219_200_000_000n],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999_000n],
  ])('%s is read to the microsecond', (text, micros) => {
    expect(parseEventTime(text, 'String')).toBe(micros)
  })

  it.each([
    '',
    '2021-08-25',
    '2021-08-25T20:34:41',
    '2021-08-25t20:34:41z',
    '2021-08-25 20:34:41Z',
    '2021-08-25T20:34:41+00:00',
    '2021-08-25T20:34:41.3Z',
    '2021-08-25T20:34:41.361000Z',
    '2021-02-29T00:00:00Z',
    '2021-04-31T00:00:00Z',
    '2021-13-01T00:00:00Z',
    '2021-01-01T24:00:00Z',
    '2021-01-01T00:60:00Z',
    '2021-06-30T23:59:60Z',
    '+010000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    ' 2021-08-25T20:34:41Z',
    '2021-08-25T20:34:41Z\n',
    '٢٠٢١-08-25T20:34:41Z',
    '1629923681',
  ])('%j is refused', (text) => {
    expect(() => parseEventTime(text, 'String')).toThrow(
      /EventTime .* is not valid. It must be yyyy-MM-dd'T'HH:mm:ssZ/s,
    )
  })

  it('is read for every moment that has one', () => {
    const moment = fc.date({
      min: new Date(-62_167_219_200_000),
      max: new Date(253_402_300_799_999),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(moment, (date) => {
        const text = date.toISOString()
        expect(parseEventTime(text, 'String')).toBe(BigInt(date.getTime()) * 1000n)
        expect(parseEventTime(`${text.slice(0, 19)}Z`, 'String')).toBe(
          BigInt(Math.floor(date.getTime() / 1000)) * 1_000_000n,
        )
      }),
    )
  })
})

describe('a fractional event time', () => {
  it.each([
    ['0', 0n],
    ['1629923681', 1_629_923_681_000_000n],
    ['1629923681.361', 1_629_923_681_361_000n],
    ['1629923681.3619999', 1_629_923_681_361_999n],
    ['1.629923681361E9', 1_629_923_681_361_000n],
    ['.5', 500_000n],
    ['5.', 5_000_000n],
    ['-1.5', -1_500_000n],
    ['-0.0000001', -1n],
    ['0e999', 0n],
    ['253402300799.999999', 253_402_300_799_999_999n],
    ['-62167219200', -62_167_219_200_000_000n],
  ])('%s is read exactly, rounded towards the past', (text, micros) => {
    expect(parseEventTime(text, 'Fractional')).toBe(micros)
  })

  it.each([
    '',
    '.',
    '-',
    'e5',
    '1e',
    '1_000',
    '0x10',
    'NaN',
    'Infinity',
    '1,5',
    '1 ',
    '253402300800',
    '-62167219200.0000001',
    '1e999',
    '2021-08-25T20:34:41Z',
  ])('%j is refused', (text) => {
    expect(() => parseEventTime(text, 'Fractional')).toThrow(/EventTime .* is not valid. It must be seconds since/s)
  })

  it('keeps the order of numbers', () => {
    const seconds = fc.double({ min: -62_167_219_200, max: 253_402_300_799, noNaN: true })
    fc.assert(
      fc.property(seconds, seconds, (a, b) => {
        const [first, second] = [parseEventTime(String(a), 'Fractional'), parseEventTime(String(b), 'Fractional')]
        if (a < b) expect(first).toBeLessThanOrEqual(second)
        if (a === b) expect(first).toBe(second)
      }),
    )
  })
})

describe('whole seconds', () => {
  it('are rounded towards the past, before 1970 too', () => {
    expect([floorSeconds(1_999_999n), floorSeconds(-1n), floorSeconds(-1_000_000n)]).toEqual([1, -1, -1])
  })
  it('are written in ISO 8601 up to the year 9999', () => {
    expect([isoSeconds(0), isoSeconds(253_402_300_799), isoSeconds(253_402_300_800)]).toEqual([
      '1970-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      undefined,
    ])
  })
})
