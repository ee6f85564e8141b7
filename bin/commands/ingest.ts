import type { TargetStore } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { Command, Option } from 'commander'
import { FORMATS, type Format } from '../../local/ingest/format.ts'
import { concurrencyOption } from '../arguments/concurrency-option.ts'
import { type Duration, parseDuration } from '../arguments/duration.ts'
import { addConnectionOptions, type Connection } from '../client/connection.ts'

interface Options extends Connection {
  group?: string
  create?: boolean
  id?: string
  eventTime?: string
  format?: Format
  ttl?: Duration
  onlineOnly?: boolean
  offlineOnly?: boolean
  concurrency: number
  data?: string
  follow?: boolean
  checkpoint?: string
  refused?: string
  quiet?: boolean
}

const NOTES = `
CSV needs a header; cells are sent as they are written, an empty one is no value, and a cell of a List, Set or Vector
is a JSON list. A JSON line is an object of features, or {"Record": [...]} with FeatureValues as the API has them, or
an event that names its group, {"FeatureGroupName": ..., "Record": ..., "Operation": "Update"}, also as CloudEvents and
EventBridge send it (store/events/event.schema.json); for a file of events --group is not needed.
Files that gzip or zstd has compressed are known by their content. Parquet's types are kept: whole numbers and decimals
digit by digit, times in UTC as the group's event time has them, lists as collections, NaN as no value.
With --create every column of whole numbers (64 bits, no leading zeros) becomes Integral, of decimal numbers
Fractional, and any other String.
Rows that are refused go to a JSON Lines file with line, reason and row, not always in the order of the lines. A row
older than what is online is historic: it is in the history only. With --data such rows are counted; a server does not
say which they are.

With --follow a file is followed through renaming and truncation, and files of a directory as they come and grow; rows
of CSV and JSON Lines are written once their line ends. A run that is ended, by Ctrl-C or SIGTERM or by force, goes on
where the checkpoint is; a server that is away is waited for. Refused rows are added to their file.

Exit status: 0, 1 when it failed, 2 when rows were refused, 130 after Ctrl-C (with --follow 0 or 2).

Examples:
  cairn ingest loans.csv --create --id loan_id --event-time event_time
  cairn ingest events.jsonl --group events --concurrency 16 --refused bad-rows.jsonl
  cairn ingest --follow events.jsonl --group events
  zcat events.csv.gz | cairn ingest - --format csv --group events`

/** `cairn ingest`: writes the rows of a file to a feature group. */
export function ingestCommand(): Command {
  const command = new Command('ingest')
    .description('write the rows of a CSV, JSON Lines or Parquet file to a feature group')
    .argument('<file>', 'file to read; - for stdin; with --follow also a directory')
    .option('--group <name>', "feature group to write to; with --create the file's name unless given")
    .option(
      '--create',
      'make the feature group, with types that fit all rows, or use the one there is if it can hold them',
    )
    .option('--id <column>', 'with --create: column that identifies a record')
    .option('--event-time <column>', 'with --create: column with the time of a record')
    .addOption(new Option('--format <format>', 'instead of the one that the extension says').choices(FORMATS))
    .option('--ttl <duration>', 'time to live of the records online: 30s, 15m, 12h, 7d or 2w', parseDuration)
    .addOption(new Option('--online-only', 'write to the online store only').conflicts('offlineOnly'))
    .option('--offline-only', 'write to the offline store only')
    .addOption(concurrencyOption())
    .option('--data <directory>', 'write into the store of this directory itself, which no server may have')
    .option('--follow', 'go on with what is added to a file, with the files that come into a directory, or with a pipe')
    .option('--checkpoint <file>', 'with --follow: where it is kept how far it is (default: beside what it reads)')
    .option('--refused <file>', 'where refused rows go (default: <file>.refused.jsonl in this directory)')
    .option('--quiet', 'neither progress nor summary')
    .addHelpText('after', NOTES)
    .action(run)
  return addConnectionOptions(command)
}

async function run(file: string, options: Options, command: Command): Promise<void> {
  const { create, id, eventTime, onlineOnly, offlineOnly, quiet = false, ...rest } = options
  if (create === true && (id === undefined || eventTime === undefined)) {
    command.error("error: option '--create' needs --id <column> and --event-time <column>")
  }
  if (create !== true && (id !== undefined || eventTime !== undefined)) {
    command.error("error: options '--id' and '--event-time' are for --create")
  }
  if (options.follow === true) return await runFollow(file, options, command)
  if (options.checkpoint !== undefined) command.error("error: option '--checkpoint' is for --follow")
  const { ingest } = await import('../ingest/ingest.ts')
  process.exitCode = await ingest(file, {
    ...rest,
    isQuiet: quiet,
    create: id === undefined || eventTime === undefined ? undefined : { id, eventTime },
    targetStores: targetStores({ onlineOnly, offlineOnly }),
  })
}

async function runFollow(place: string, { onlineOnly, offlineOnly, quiet, ...options }: Options, command: Command) {
  if (options.create === true)
    command.error("error: option '--create' cannot be used with --follow: make the group first")
  const { follow } = await import('../ingest/follow.ts')
  process.exitCode = await follow(place, {
    ...options,
    create: undefined,
    isQuiet: quiet === true,
    targetStores: targetStores({ onlineOnly, offlineOnly }),
  })
}

function targetStores({ onlineOnly, offlineOnly }: Pick<Options, 'onlineOnly' | 'offlineOnly'>) {
  if (onlineOnly === true) return ['OnlineStore'] satisfies TargetStore[]
  return offlineOnly === true ? (['OfflineStore'] satisfies TargetStore[]) : undefined
}
