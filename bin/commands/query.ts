import { Command, Option } from 'commander'
import { parseAsOf } from '../arguments/point-in-time.ts'
import { addHistoryOptions } from '../history/history-options.ts'

const NOTES = `
The SQL is one SELECT in the dialect of DuckDB. Its tables are, for each feature group with a history:
  <group>            every version and deletion marker, with write_time, api_invocation_time, is_deleted, _event_time
  <group>_latest     the newest version of each record, without those that are deleted and without repeats
  <group>_snapshots  the snapshots of the table: snapshot_id, committed_at, operation, total_records
A name with a dash stands in double quotes: "my-group". Columns are the features' names in lower case; times are UTC.
It reads what was committed: "cairn flush" commits what still waits. It can read nothing else, and change nothing.

--as-of TIME (2026-01-31 or 2026-01-31T12:00:00Z) shows the history as it was known then: the rows with a write_time up
to it, in the current snapshot. It stays the same answer after compaction and after old snapshots were expired.
--as-of SNAPSHOT-ID shows what readers of that snapshot saw, as long as it is kept.

CSV and JSON have integers with all their digits, times as ISO 8601 and collections as JSON lists; in CSV null is an
empty cell and the empty string is "".

--dialect athena prints the statement for Athena, with each table that the SQL names put before it; SQL that both
understand runs on both. The tables are those that DescribeFeatureGroup answers as DataCatalogConfig.

Examples:
  cairn query 'SELECT count(*), avg(spend) FROM customers_latest'
  cairn query 'SELECT * FROM "my-group" ORDER BY _event_time' --as-of 2026-01-31 --format csv > january.csv
  cairn query 'SELECT * FROM customers_latest' --format parquet --output customers.parquet
  cairn query 'SELECT * FROM customers_latest' --dialect athena --endpoint https://abc.execute-api.eu-west-1.amazonaws.com`

/** `cairn query`: SQL over the histories of a data directory. */
export function queryCommand(): Command {
  const command = new Command('query')
    .description('answer an SQL query over the history, also as of the past')
    .argument('<sql>', 'one SELECT')
    .addOption(
      new Option('--as-of <time or snapshot>', 'the history as it was: a time, or the id of a snapshot').argParser(
        parseAsOf,
      ),
    )
    .addOption(
      new Option('--format <format>', 'how the answer is written')
        .choices(['table', 'csv', 'json', 'parquet'])
        .default('table'),
    )
    .option('--output <file>', 'where the answer goes (default: stdout); needed for parquet')
  return addHistoryOptions(command)
    .addHelpText('after', NOTES)
    .action(async (sql, options, self: Command) => {
      if (options.format === 'parquet' && options.output === undefined) {
        self.error("error: option '--format parquet' needs --output <file>")
      }
      const { printQuery } = await import('../history/print-query.ts')
      process.exitCode = await printQuery(sql, options)
    })
}
