import { type DuckDBConnection, StatementType } from '@duckdb/node-api'
import type { AsOf } from '../../store/offline/sql/athena-table.ts'
import { sqlText } from '../../store/offline/sql/quote.ts'
import { namingDamagedFile } from './damaged-file.ts'
import { type EngineOptions, withEngine } from './engine.ts'
import type { Rows } from './format/format.ts'
import { groupNames } from './group-named.ts'
import type { Histories } from './histories.ts'
import { mentionedGroups } from './mentioned-groups.ts'
import { type GroupViews, groupViews } from './views.ts'
import { writeWhole } from './write-whole.ts'

export interface QueryOptions extends Pick<EngineOptions, 'memoryLimit' | 'signal'> {
  asOf?: AsOf
}

/**
 * Runs one SELECT over the histories and hands its answer to `take`. It can read nothing else and change nothing.
 * Throws for SQL that is wrong, tables that are not there, and files that cannot be read.
 */
export async function query(
  histories: Histories,
  sql: string,
  options: QueryOptions & { take: (rows: Rows) => Promise<void> },
): Promise<void> {
  await withQuery(histories, sql, options, [], async (connection) => {
    const result = await connection.stream(sql)
    const portions = (async function* () {
      for await (const rows of result.yieldRows()) yield rows
    })()
    await options.take({ columns: result.deduplicatedColumnNames(), portions })
  })
}

/** As `query`, with the answer in a Parquet file, which is there when all of it is. */
export async function queryToParquet(
  histories: Histories,
  sql: string,
  options: QueryOptions & { output: string },
): Promise<void> {
  await writeWhole(options.output, (path) =>
    withQuery(histories, sql, options, [path], async (connection) => {
      await connection.run(
        `COPY (${sql.replace(/;\s*$/, '')}\n) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd)`,
      )
    }),
  )
}

async function withQuery(
  histories: Histories,
  sql: string,
  { asOf, memoryLimit, signal }: QueryOptions,
  files: string[],
  use: (connection: DuckDBConnection) => Promise<void>,
): Promise<void> {
  const views: GroupViews[] = []
  for (const group of mentionedGroups(sql, histories.groups)) views.push(await groupViews(histories, group, asOf))
  const read = views.flatMap((view) => view.files)
  await withEngine({ memoryLimit, signal, directories: [histories.offlinePath], files }, (connection) =>
    namingDamagedFile(connection, read, async () => {
      for (const statement of views.flatMap((view) => view.statements)) await connection.run(statement)
      await assertSelect(connection, sql, histories)
      await use(connection)
    }),
  )
}

async function assertSelect(connection: DuckDBConnection, sql: string, { groups }: Histories): Promise<void> {
  // DuckDB has no message for SQL that has nothing but blanks and comments.
  const { count } = await connection.extractStatements(`${sql}\n;SELECT 1`)
  if (count !== 2) throw new Error(`the SQL has ${count - 1} statements; it must have one`)
  const { statementType } = await connection.prepare(sql).catch((cause: Error) => {
    const missing = /Table with name (\S+) does not exist/.exec(cause.message)?.[1]
    if (missing === undefined) throw cause
    throw new Error(`there is no table ${missing}; the feature groups with a history are ${groupNames(groups)}`, {
      cause,
    })
  })
  if (statementType === StatementType.SELECT) return
  throw new Error(`the SQL is a statement of the kind ${StatementType[statementType]}; it must be a SELECT`)
}
