import { sqlName } from '../../store/offline/sql/quote.ts'
import { type BaseFile, freeName } from './base-file.ts'
import type { DatasetColumn } from './dataset-columns.ts'
import type { SelectColumn } from './select-column.ts'

export interface JoinedGroup {
  /** The identifier of a base's row, of the type that the history has. */
  key: string
  /** The rows of the history, and the files that have them. */
  history: string
  files: string[]
  /** The column of the history's identifiers. */
  identifier: string
  columns: DatasetColumn[]
}

export interface AsofJoin {
  base: BaseFile
  /** The time of a base's row. */
  time: string
  groups: JoinedGroup[]
}

/** Versions with the same event time are told apart as `NEWEST_FIRST` does: all of it is one comparison. */
const VERSION_ORDER = ['_event_time', 'api_invocation_time', 'write_time', '_sequence'].map(sqlName)
const AFTER_ALL = `TIMESTAMP 'infinity', TIMESTAMP 'infinity', 9223372036854775807`

/**
 * The rows of the base in their order, with what was known of each at its time: the values of the newest version whose
 * event time is not later, none when that is a deletion marker or when there is no version. `select` writes a column.
 */
export function asofJoinSql({ base, time, groups }: AsofJoin, select: SelectColumn): string {
  const at = ownColumn(base, '_time', time)
  const keys = groups.map(({ key }, index) => ownColumn(base, `_key${index}`, key))
  const added = [at, ...keys].flatMap(({ definition }) => (definition === undefined ? [] : [definition]))
  const joins = groups.map((group, index) => {
    const versions = VERSION_ORDER.map((column) => `"h${index}".${column}`)
    return `ASOF LEFT JOIN (${knownSql(group)}) AS "h${index}"
  ON "b".${keys[index]?.column} = "h${index}"."_id"
  AND ROW("b".${at.column}, ${AFTER_ALL}) >= ROW(${versions.join(', ')})`
  })
  const columns = [
    ...base.columns.map((column) => select(`"b".${sqlName(column.name)}`, column)),
    ...groups.flatMap((group, index) =>
      group.columns.map((column, position) => select(`"h${index}"."_value${position}"`, column)),
    ),
  ]
  return `SELECT ${columns.join(', ')}
FROM (SELECT ${['*', ...added].join(', ')} FROM (${base.sql})) AS "b"
${joins.join('\n')}
ORDER BY "b".${sqlName(base.rowColumn)}`
}

/** The column that has the value of an expression: one of the base's, or one that is added. Each costs time in the join. */
function ownColumn({ columns }: BaseFile, name: string, expression: string): { column: string; definition?: string } {
  if (columns.some((column) => sqlName(column.name) === expression)) return { column: expression }
  const column = sqlName(freeName(name, columns))
  return { column, definition: `${expression} AS ${column}` }
}

/** The versions of a history: what is known from each on, which after a deletion marker is nothing. */
function knownSql({ history, identifier, columns }: JoinedGroup): string {
  // Here each version is looked at once, and after the join as often as it is found.
  const values = columns.map(
    ({ source }, position) => `CASE WHEN NOT "is_deleted" THEN ${sqlName(source)} END AS "_value${position}"`,
  )
  const own = [`${sqlName(identifier)} AS "_id"`, ...VERSION_ORDER]
  return `SELECT ${[...own, ...values].join(', ')} FROM (${history})`
}
