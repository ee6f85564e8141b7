import { quote, validationError } from '../api-error.ts'

/** Microseconds since the Unix epoch: exact, and what every comparison of event times is made on. */
export type EventTime = bigint

export type EventTimeType = 'String' | 'Fractional'

const ISO = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3}))?Z$/
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/
const MICROS_PER_SECOND = 1_000_000n

/** 0000-01-01T00:00:00Z and the last microsecond of 9999, the range of SageMaker's event times. */
export const MIN_SECONDS = -62_167_219_200
export const MAX_SECONDS = 253_402_300_799
const MIN = BigInt(MIN_SECONDS) * MICROS_PER_SECOND
const MAX = BigInt(MAX_SECONDS) * MICROS_PER_SECOND + 999_999n

const ALLOWED = {
  String: "yyyy-MM-dd'T'HH:mm:ssZ or yyyy-MM-dd'T'HH:mm:ss.SSSZ, in UTC",
  Fractional: 'seconds since the Unix epoch as a decimal number, between the years 0000 and 9999',
} as const

/**
 * Reads an event time exactly, in the form that the group's event time feature has
 * (SageMaker CreateFeatureGroup, EventTimeFeatureName). Digits beyond microseconds are dropped towards the past.
 * Throws ValidationError for any other text, a day that is not in the calendar, or a year outside 0000 to 9999.
 */
export function parseEventTime(text: string, type: EventTimeType): EventTime {
  const micros = type === 'String' ? parseIso(text) : parseSeconds(text)
  if (micros === undefined || micros < MIN || micros > MAX) {
    throw validationError(`EventTime ${quote(text)} is not valid. It must be ${ALLOWED[type]}.`)
  }
  return micros
}

/** The ISO 8601 text of whole seconds, or undefined past the year 9999. */
export function isoSeconds(seconds: number): string | undefined {
  if (seconds > MAX_SECONDS || seconds < MIN_SECONDS) return undefined
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}

/** Whole seconds of an event time, rounded towards the past. */
export function floorSeconds(eventTime: EventTime): number {
  const seconds = eventTime / MICROS_PER_SECOND
  return Number(eventTime % MICROS_PER_SECOND < 0n ? seconds - 1n : seconds)
}

function parseIso(text: string): EventTime | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const milliseconds = Date.parse(match[7] === undefined ? `${text.slice(0, 19)}.000Z` : text)
  // Date.parse moves 30 February to March and 24:00 to the next day.
  const isMoved = new Date(milliseconds).getUTCDate() !== Number(match[3])
  return isMoved ? undefined : BigInt(milliseconds) * 1000n
}

function parseSeconds(text: string): EventTime | undefined {
  const match = DECIMAL.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const digits = BigInt(`${whole}${fraction}`)
  const shift = Number(exponent) - fraction.length + 6
  // Nineteen digits reach past the year 9999 in microseconds; a larger power would only be slow to refuse.
  if (digits !== 0n && digits.toString().length + shift > 19) return undefined
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : undefined
  if (magnitude !== undefined) return sign === '-' ? -magnitude : magnitude
  const divisor = 10n ** BigInt(-shift)
  const floor = digits / divisor
  if (sign !== '-') return floor
  return digits % divisor === 0n ? -floor : -floor - 1n
}
