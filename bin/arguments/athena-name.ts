import { InvalidArgumentError } from 'commander'

/** `database.table` as Athena's SQL names it. */
export function parseAthenaName(text: string): string {
  const [, database, table] = /^([\w-]+)\.([\w-]+)$/.exec(text) ?? []
  if (database === undefined) throw new InvalidArgumentError('It must look like database.table.')
  return `"${database}"."${table}"`
}
