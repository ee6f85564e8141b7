import type { Counts } from './load-rows.ts'

/**
 * What an ingestion came to, in one line; rows that were read and neither written nor refused are named as such. Written
 * ones may be historic, older than what is online, where a server does not tell which are.
 */
export function summary({ read, written, historic, refused }: Counts, seconds: number): string {
  const unsent = read - written - refused
  const what = historic === undefined ? 'written or historic' : 'written'
  const parts = [`${read} rows read`, `${written} ${what}`, `${refused} refused`]
  if (historic !== undefined && historic > 0) parts[1] += ` (${historic} older than what is online)`
  if (unsent > 0) parts.push(`${unsent} not sent or not known to be written`)
  const rate = Math.round(written / Math.max(seconds, 0.001))
  return `${parts.join(', ')} in ${seconds.toFixed(1)} s (${rate} rows/s)`
}
