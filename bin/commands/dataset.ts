import { Command, Option } from 'commander'
import { parseAthenaName } from '../arguments/athena-name.ts'
import { parseGroupChoice } from '../arguments/group-choice.ts'
import { parseTime } from '../arguments/point-in-time.ts'
import { addHistoryOptions } from '../history/history-options.ts'

const NOTES = `
Each row of the base gets the values that were known at its time: those of the record's version with the newest event
time that is not later. A deletion marker up to that time hides the versions before it, and a row before the first
version gets no values. Of versions with the same event time the one that was received last counts, so that repeats
count once. All rows and columns of the base are kept, in their order.

The base is a .csv (with a header, all cells kept as they are) or a .parquet file. Its times are ISO 8601, UTC where
they have no zone, or seconds since the Unix epoch.

A group adds all its features but the record identifier, or those that are named, in lower case. A name that another
column has too becomes <group>_<feature>. Collections are JSON lists in CSV. In Parquet the columns of a CSV base are
64-bit integers or doubles where every value is such a number (no leading zeros), and text elsewhere.

--write-time-as-of leaves out what was written later: the set as it would have been made at that time.

It reads what was committed: "cairn flush" commits what still waits.

--dialect athena prints the query for Athena, over the table --base-table in place of the base, whose file tells the
columns. Athena has no ASOF JOIN: the versions are ranked in a window. It keeps no order of rows.

Examples:
  cairn dataset --base labels.csv --id customer_id --time at --group customers --output train.parquet
  cairn dataset --base labels.parquet --id customer_id --time at --group customers:spend,orders --group profiles \\
    --write-time-as-of 2026-01-31T12:00:00Z --output train.csv`

const MISSING = {
  output: "error: required option '--output <file>' not specified",
  baseTable: "error: option '--dialect athena' needs --base-table <database.table>",
}

/** `cairn dataset`: a training set from the histories of a data directory. */
export function datasetCommand(): Command {
  const command = new Command('dataset')
    .description('make a training set: entities and times joined with what was known of them then')
    .requiredOption('--base <file>', 'CSV or Parquet file of entities and times')
    .requiredOption('--id <column>', 'column of the base with the record identifier')
    .requiredOption('--time <column>', 'column of the base with the time')
    .requiredOption(
      '--group <name[:feature,feature…]>',
      'feature group to take values from; may be given more than once',
      parseGroupChoice,
    )
    .option('--output <file>', 'CSV or Parquet file to write')
    .addOption(
      new Option('--write-time-as-of <time>', 'only what was written to the history by then').argParser(parseTime),
    )
    .addOption(
      new Option(
        '--base-table <database.table>',
        'with --dialect athena: the table that has the rows of the base',
      ).argParser(parseAthenaName),
    )
  return addHistoryOptions(command)
    .addHelpText('after', NOTES)
    .action(async (options, self: Command) => {
      const isAthena = options.dialect === 'athena'
      const needed = isAthena ? 'baseTable' : 'output'
      if (options[needed] === undefined) self.error(MISSING[needed])
      const { makeDataset, printAthenaDataset } = await import('../history/make-dataset.ts')
      process.exitCode = await (isAthena ? printAthenaDataset(options) : makeDataset(options))
    })
}
