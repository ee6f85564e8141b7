import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { groupNamed } from '../../local/history/group-named.ts'
import { openHistories } from '../../local/history/histories.ts'
import { historySql } from '../../local/history/relation.ts'
import { sqlName } from '../../store/offline/sql/quote.ts'

/** Trino's functions that DuckDB has under other names. */
const TRINO = `
  SET TimeZone = 'UTC';
  CREATE MACRO from_unixtime_nanos(n) AS make_timestamp((n // 1000)::BIGINT) AT TIME ZONE 'UTC';
  CREATE MACRO from_iso8601_timestamp_nanos(t) AS t::TIMESTAMPTZ;
  CREATE MACRO regexp_like(t, p) AS regexp_matches(t, p);
  CREATE SCHEMA sagemaker_featurestore;
  CREATE SCHEMA labels;
`

/**
 * A database in which the statements that are made for Athena can run: it has the groups' tables under the names of
 * the data catalog. Athena itself runs nowhere but in AWS.
 */
export async function athenaOnDuckdb(dataDirectory: string, groups: string[]): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(TRINO)
  const histories = openHistories(dataDirectory)
  for (const name of groups) {
    const group = groupNamed(histories.groups, name)
    const { files } = await histories.read(group)
    const table = sqlName(group.OfflineStoreConfig?.DataCatalogConfig?.TableName ?? '')
    await connection.run(`CREATE VIEW sagemaker_featurestore.${table} AS ${historySql(group, { files })}`)
  }
  return connection
}
