import { NEWEST_FIRST } from './latest.ts'
import { sqlName } from './quote.ts'

export interface PointInTimeGroup {
  /** The rows of the group's history. */
  history: string
  /** The column of the history's identifiers. */
  identifier: string
  /** The identifier in a row of the base, as the history has it, given how the base's column is written. */
  key: (column: string) => string
  columns: { source: string; name: string }[]
}

export interface PointInTimeQuery {
  /** The table of entities and times. */
  table: string
  columns: string[]
  id: string
  time: string
  /** The time of a row of the base as a timestamp, given how the base's column is written. */
  timestamp: (column: string) => string
  groups: PointInTimeGroup[]
}

/**
 * The rows of the base with what was known of each at its time: the values of the newest version whose event time is
 * not later, none when that is a deletion marker. For engines without ASOF JOIN: the versions of each identifier and
 * time are ranked.
 */
export function pointInTimeSql(query: PointInTimeQuery): string {
  const { table, columns, groups } = query
  const values = groups.flatMap((group, index) =>
    group.columns.map(({ source, name }) => `"g${index}".${sqlName(source)} AS ${sqlName(name)}`),
  )
  const own = columns.map((column) => `"b".${sqlName(column)}`)
  const joins = groups.map((group, index) => join(query, group, `"g${index}"`))
  return `SELECT ${[...own, ...values].join(', ')}\nFROM ${table} AS "b"\n${joins.join('\n')}`
}

function join({ table, id, time, timestamp }: PointInTimeQuery, group: PointInTimeGroup, alias: string): string {
  const { history, identifier, key, columns } = group
  const id_ = sqlName(id)
  const values = columns.map(({ source }) => sqlName(source))
  return `LEFT JOIN (
  SELECT ${['"_key"', '"_time"', ...values].join(', ')}
  FROM (
    SELECT "k"."_key", "k"."_time", "h".*,
      row_number() OVER (PARTITION BY "k"."_key", "k"."_time" ORDER BY ${NEWEST_FIRST}) AS "_rank"
    FROM (SELECT DISTINCT ${key(id_)} AS "_key", ${timestamp(sqlName(time))} AS "_time" FROM ${table}) AS "k"
    JOIN (${history}) AS "h" ON "h".${sqlName(identifier)} = "k"."_key" AND "h"."_event_time" <= "k"."_time"
  ) AS "versions"
  WHERE "_rank" = 1 AND NOT "is_deleted"
) AS ${alias} ON ${alias}."_key" = ${key(`"b".${id_}`)} AND ${alias}."_time" = ${timestamp(`"b".${sqlName(time)}`)}`
}
