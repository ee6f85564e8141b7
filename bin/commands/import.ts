import { Command, Option } from 'commander'
import { FORMATS, type Format } from '../../local/ingest/format.ts'
import { concurrencyOption } from '../arguments/concurrency-option.ts'
import { addConnectionOptions, type Connection, parseEndpoint } from '../client/connection.ts'

interface Options extends Connection {
  group?: string
  format?: Format
  concurrency: number
  data?: string
  s3Endpoint?: string
  quiet?: boolean
}

const NOTES = `
Does by hand what a bucket of files does by itself: the rows are written to the group that --group names, or else the
path, ingest/<group>/…; what a file may be is told by cairn ingest. What became of the rows is written beside the file,
into <file>.result.json, for s3://bucket/key into the object s3://bucket/key.result.json: whether it was ingested, how
many rows were read, written, historic and refused, and the refused rows with line, reason and row, not always in the
order of the lines. A server does not say which rows are historic: they are counted as written, and RowsHistoric is
left out; with --data they are counted apart.

Credentials and region for S3 are those that the AWS SDK finds. An object is read in ranges, and must not change until
the end; one that gzip or zstd has compressed is first copied to a temporary file.

Files are imported one after the other; the first that fails is the last. Exit status: 0, 1 when one failed, 2 when rows
were refused, 130 after Ctrl-C.

Examples:
  cairn import ingest/loans/2026-11.csv
  cairn import s3://my-bucket/ingest/loans/2026-11.parquet
  cairn import s3://my-bucket/exports/loans.csv.gz --group loans --data data`

/** `cairn import`: writes the rows of files, also of objects in S3, and leaves beside each what became of them. */
export function importCommand(): Command {
  const command = new Command('import')
    .description('write the rows of files or S3 objects to a feature group, and a result beside each')
    .argument('<files...>', 'files to read, or s3://bucket/key')
    .option('--group <name>', 'feature group to write to (default: the one in the path, ingest/<group>/…)')
    .addOption(new Option('--format <format>', 'instead of the one that the extension says').choices(FORMATS))
    .addOption(concurrencyOption())
    .option('--data <directory>', 'write into the store of this directory itself, which no server may have')
    .addOption(
      new Option(
        '--s3-endpoint <url>',
        'address of S3, where it is not that of AWS (env: AWS_ENDPOINT_URL_S3)',
      ).argParser(parseEndpoint),
    )
    .option('--quiet', 'neither progress nor summary')
    .addHelpText('after', NOTES)
    .action(async (files: string[], { quiet = false, ...options }: Options) => {
      const { importFiles } = await import('../ingest/import.ts')
      process.exitCode = await importFiles(files, { ...options, isQuiet: quiet })
    })
  return addConnectionOptions(command)
}
