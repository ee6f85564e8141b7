import type { SchemaElement } from 'hyparquet'
import { doubleText } from '../records/exact-number.ts'

/** Turns a value of a column, as it is stored, into the text of a feature; undefined for one that is no value. */
export type ToText = (value: unknown) => string | undefined

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const NANOS_PER_SECOND = 1_000_000_000n
const NANOS_PER_MILLISECOND = 1_000_000n
const DAY_MS = 86_400_000

const NANOS_PER_UNIT = { MILLIS: 1_000_000n, MICROS: 1_000n, NANOS: 1n }

/**
 * How the values of a primitive column are written: whole numbers digit by digit, decimals with all of their digits,
 * floating-point numbers so that they read back the same and never as whole ones, times in UTC, by ISO 8601 or, for
 * `asSeconds`, as seconds since the epoch. NaN is no value, as in pandas. Throws for a type that no feature can have.
 * https://github.com/apache/parquet-format/blob/master/LogicalTypes.md
 */
export function textOf(element: SchemaElement, asSeconds: boolean): ToText {
  const { type, converted_type: converted, logical_type: logical } = element
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return (value) => decimalText(value, element.scale ?? 0)
  if (converted === 'INTERVAL' || converted === 'BSON' || type === undefined) throw unsupported(element)
  if (converted === 'DATE') return (value) => dateText(Number(value), asSeconds)
  if (converted === 'TIME_MILLIS') return (value) => timeText(BigInt(Number(value)) * 1_000_000n)
  if (converted === 'TIME_MICROS') return (value) => timeText(wholeNumber(value) * 1_000n)
  if (logical?.type === 'TIME') return (value) => timeText(wholeNumber(value))
  const unit = unitOf(element)
  if (unit !== undefined) return (value) => momentText(wholeNumber(value) * unit, asSeconds)
  if (type === 'FLOAT' || type === 'DOUBLE' || logical?.type === 'FLOAT16') return (value) => floatText(Number(value))
  return plainText
}

/** How many nanoseconds the unit of a moment has; undefined for what is none. */
function unitOf({ type, converted_type: converted, logical_type: logical }: SchemaElement): bigint | undefined {
  if (type === 'INT96') return NANOS_PER_UNIT.NANOS
  if (logical?.type === 'TIMESTAMP') return NANOS_PER_UNIT[logical.unit]
  if (converted === 'TIMESTAMP_MILLIS') return NANOS_PER_UNIT.MILLIS
  return converted === 'TIMESTAMP_MICROS' ? NANOS_PER_UNIT.MICROS : undefined
}

/** True for moments that are stored as whole numbers. */
export function isMoment(element: SchemaElement): boolean {
  return unitOf(element) !== undefined && element.type !== 'INT96'
}

export function unsupported({ name, converted_type: converted, type }: SchemaElement): Error {
  return new Error(`column '${name}' is a ${converted ?? type ?? 'struct or map'}, which no feature can be`)
}

function plainText(value: unknown): string {
  return value instanceof Uint8Array ? utf8.decode(value) : String(value)
}

function momentText(nanos: bigint, asSeconds: boolean): string {
  return asSeconds ? secondsText(nanos) : isoText(nanos)
}

/** What is whole gets `.0`: a column of floating-point numbers is not one of whole numbers. */
function floatText(value: number): string | undefined {
  if (Number.isNaN(value)) return undefined
  const text = doubleText(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

function decimalText(value: unknown, scale: number): string {
  const unscaled = value instanceof Uint8Array ? signedInteger(value) : BigInt(String(value))
  if (scale === 0) return String(unscaled)
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Two's complement, the highest byte first. */
function signedInteger(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}

function dateText(days: number, asSeconds: boolean): string {
  return asSeconds ? String((days * DAY_MS) / 1000) : new Date(days * DAY_MS).toISOString().slice(0, 10)
}

function timeText(nanos: bigint): string {
  return isoText(nanos).slice(11, -1)
}

function wholeNumber(value: unknown): bigint {
  return typeof value === 'bigint' ? value : BigInt(String(value))
}

/** To the millisecond, and to the micro- or nanosecond where the time has them. */
function isoText(nanos: bigint): string {
  const rest = nanos % NANOS_PER_MILLISECOND
  const belowMillisecond = rest < 0n ? rest + NANOS_PER_MILLISECOND : rest
  const text = new Date(Number((nanos - belowMillisecond) / NANOS_PER_MILLISECOND)).toISOString()
  if (belowMillisecond === 0n) return text
  return `${text.slice(0, -1)}${String(belowMillisecond).padStart(6, '0').replace(/000$/, '')}Z`
}

function secondsText(nanos: bigint): string {
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  const seconds = size / NANOS_PER_SECOND
  const digits = String(size % NANOS_PER_SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${sign}${seconds}${digits === '' ? '' : `.${digits}`}`
}
