import type { EventTime } from '../records/event-time.ts'

const Q = /^(\d{4})\.(\d{2})\.(\d{2})(?:D(?:(\d{2}:\d{2}:\d{2})(?:\.(\d{0,9}))?)?)?$/
const ISO = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z?$/

const NANOS_PER_MILLI = 1_000_000n
const NANOS_PER_MICRO = 1_000n

/** The forms that `parseDeleteTime` reads, as told to callers. */
export const DELETE_TIME_FORMS =
  '2026.01.02, 2026.01.02D03:04:05[.n] or 2026-01-02T03:04:05[.n][Z], n up to 9 digits, in UTC'

/**
 * Nanoseconds since the epoch of a time in UTC, or undefined when it is none: q's timestamp
 * (https://code.kx.com/q/basics/datatypes/) `2026.01.02D03:04:05` with up to 9 digits behind a point, its date alone
 * with or without the D, or ISO `2026-01-02T03:04:05` with 1 to 9 digits behind a point, with or without Z.
 */
export function parseDeleteTime(text: string): bigint | undefined {
  const match = Q.exec(text) ?? ISO.exec(text)
  if (match === null) return undefined
  const [, year, month, day, clock = '00:00:00', fraction = ''] = match
  const iso = `${year}-${month}-${day}T${clock}.000Z`
  const milliseconds = Date.parse(iso)
  // Date.parse moves 30 February to March and 24:00 to the next day: only what prints back the same is a time.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== iso) return undefined
  return BigInt(milliseconds) * NANOS_PER_MILLI + BigInt(fraction.padEnd(9, '0'))
}

/** Event times from `from` on and before `to`, in microseconds; a bound that is not there does not bound. */
export interface DeleteWindow {
  from?: EventTime
  to?: EventTime
}

/**
 * The window [startTS, endTS), given in nanoseconds, in the microseconds of event times. Both bounds round up: an
 * event time e is inside just when startTS <= 1000 e < endTS. Bounds within one microsecond make an empty window.
 */
export function windowOf(startTS: bigint | undefined, endTS: bigint | undefined): DeleteWindow {
  return {
    ...(startTS !== undefined && { from: ceilMicros(startTS) }),
    ...(endTS !== undefined && { to: ceilMicros(endTS) }),
  }
}

/** BigInt division drops the fraction towards zero, which is upwards only below it. */
function ceilMicros(nanos: bigint): bigint {
  const micros = nanos / NANOS_PER_MICRO
  return nanos % NANOS_PER_MICRO > 0n ? micros + 1n : micros
}
