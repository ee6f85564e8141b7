import { InvalidArgumentError } from 'commander'

const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/

/** A time as ISO 8601 has it, in milliseconds since the epoch: a date, or a date and a time; without a zone in UTC. */
export function parseTime(text: string): number {
  const [, date = '', time = '00:00', zone = 'Z'] = TIME.exec(text) ?? []
  const milliseconds = Date.parse(`${date}T${time}${zone}`)
  const midnight = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(milliseconds) || Number.isNaN(midnight.valueOf()) || !midnight.toISOString().startsWith(date)) {
    throw new InvalidArgumentError(`It must be a time such as 2026-01-31 or 2026-01-31T12:00:00Z.`)
  }
  return milliseconds
}

/** A time, or the id of a snapshot. */
export function parseAsOf(text: string): { writtenBy: number } | { snapshotId: number } {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return { snapshotId: Number(text) }
  return { writtenBy: parseTime(text) }
}
