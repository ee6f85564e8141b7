import { sqlName } from './quote.ts'

/** Orders the versions of one record: `api.md` section 4.4, and the log's order where all its times are equal. */
export const NEWEST_FIRST = ['_event_time', 'api_invocation_time', 'write_time', '_sequence']
  .map((column) => `${sqlName(column)} DESC`)
  .join(', ')

export interface LatestQuery {
  /** What to read from, as SQL has it. */
  from: string
  identifier: string
  columns: string[]
}

/**
 * The newest version of each record, without records that are deleted and without repeats. The same text runs on
 * DuckDB and on Athena.
 */
export function latestSql({ from, identifier, columns }: LatestQuery): string {
  const names = columns.map(sqlName).join(', ')
  return `SELECT ${names}
FROM (
  SELECT ${names}, row_number() OVER (PARTITION BY ${sqlName(identifier)} ORDER BY ${NEWEST_FIRST}) AS "_rank"
  FROM ${from}
) AS "versions"
WHERE "_rank" = 1 AND NOT "is_deleted"`
}
