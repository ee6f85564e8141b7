import { InvalidArgumentError } from 'commander'

const UNITS = { s: 'Seconds', m: 'Minutes', h: 'Hours', d: 'Days', w: 'Weeks' } as const

/** A time to live as the API has it. */
export interface Duration {
  Unit: (typeof UNITS)[keyof typeof UNITS]
  Value: number
}

/** Reads a whole number and its unit: 30s, 15m, 12h, 7d or 2w. Throws for anything else. */
export function parseDuration(text: string): Duration {
  const [, value, unit] = /^([1-9]\d{0,9})([smhdw])$/.exec(text) ?? []
  if (value === undefined || unit === undefined) {
    throw new InvalidArgumentError('It must be a whole number and a unit: 30s, 15m, 12h, 7d or 2w.')
  }
  return { Unit: UNITS[unit as keyof typeof UNITS], Value: Number(value) }
}
