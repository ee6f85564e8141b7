/** What is below the directory of every table: its data files by day, and all that describes them. */
const BELOW = /\/((?:data\/[^/]+|metadata)\/[^/]+)$/

/**
 * Where a table at `location` has a file that was recorded at some place. Iceberg records whole locations: those of a
 * table whose directory was moved or copied are of where it was, and nothing may be read or removed there.
 */
export function relocated(location: string, recorded: string): string {
  const below = BELOW.exec(recorded)?.[1]
  if (below === undefined) throw new Error(`${recorded} is no file of the table ${location}`)
  return `${location}/${below}`
}
