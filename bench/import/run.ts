// node bench/import/run.ts [ROWS [FORM…]]
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { link, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DuckDBInstance } from '@duckdb/node-api'
import { CLIENT, createTable, startDynalite } from '../../test/aws/dynalite.ts'
import { printTable } from '../lambda/print-table.ts'
import { GROUP_REQUEST, recordJson } from '../records.ts'
import type { Loaded } from './load.ts'

const FORMS = ['csv', 'csv.gz', 'jsonl', 'parquet'] as const
type Form = (typeof FORMS)[number]

/** A row group is what is in memory: the smaller file has more than one as well. */
const ROW_GROUP = 8_192
/** So many times fewer rows need as much memory. */
const FEWER = 100
/**
 * V8 takes what it may before it collects: what a file needs is what is enough for it. Most of this is the code: ten
 * thousand rows do with 20 megabytes of CSV, not with 19.
 */
const NEEDED = ['--max-old-space-size=24', '--max-semi-space-size=2']
/** A file that has more rows may take so much more memory, all in all, under the same limit. */
const MAX_GROWTH = 1.1
const MEGABYTE = 1_000_000

const [, , rowsText = '1000000', ...only] = process.argv
const rows = Number(rowsText)
const run = promisify(execFile)

function* lines(form: Form, count: number): Generator<string> {
  if (form !== 'jsonl') yield `${GROUP_REQUEST.FeatureDefinitions.map(({ FeatureName }) => FeatureName).join(',')}\n`
  for (let number = 0; number < count; number++) {
    const values: { FeatureName: string; ValueAsString: string }[] = JSON.parse(recordJson(number))
    const texts = values.map(({ ValueAsString }) => ValueAsString)
    const features = Object.fromEntries(values.map(({ FeatureName, ValueAsString }) => [FeatureName, ValueAsString]))
    yield form === 'jsonl' ? `${JSON.stringify(features)}\n` : `${texts.join(',')}\n`
  }
}

/** A file of so many of the bench's records. */
async function makeFile(directory: string, form: Form, count: number): Promise<string> {
  const path = join(directory, `${count}.${form}`)
  if (form === 'csv' || form === 'jsonl') await pipeline(lines(form, count), createWriteStream(path))
  else if (form === 'csv.gz') {
    await pipeline(createReadStream(await makeFile(directory, 'csv', count)), createGzip(), createWriteStream(path))
  } else {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const csv = await makeFile(directory, 'csv', count)
    await connection.run(
      `COPY (FROM read_csv('${csv}', all_varchar = true)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE ${ROW_GROUP})`,
    )
    connection.closeSync()
    instance.closeSync()
  }
  return path
}

const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-import-'))
const dynalite = await startDynalite()
const client = new DynamoDBClient({ ...CLIENT, endpoint: dynalite.endpoint })
const table = await createTable(client)

/** Has a process of its own load a file, as the function of files does but for the stores. Throws when it fails. */
async function load(path: string, limits: string[] = []): Promise<Loaded> {
  // A file is imported once under a name.
  const name = join(directory, `${randomUUID()}-${basename(path)}`)
  await link(path, name)
  const args = [...limits, join(import.meta.dirname, 'load.ts'), name, dynalite.endpoint, table]
  const { stdout } = await run(process.execPath, args)
  await rm(name)
  return JSON.parse(stdout)
}

try {
  const cells = [['file', 'rows/s', 'peak', `peak under limits of 1/${FEWER}`, 'peak under limits', 'memory flat']]
  for (const form of FORMS.filter((one) => only.length === 0 || only.includes(one))) {
    const path = await makeFile(directory, form, rows)
    const free = await load(path)
    const few = await load(await makeFile(directory, form, rows / FEWER), NEEDED)
    const many = await load(path, NEEDED)
    const megabytes = ({ peakBytes }: Loaded) => `${(peakBytes / MEGABYTE).toFixed(0)} MB`
    cells.push([
      form,
      Math.round(free.rowsPerSecond).toLocaleString('en'),
      megabytes(free),
      megabytes(few),
      megabytes(many),
      many.peakBytes < few.peakBytes * MAX_GROWTH ? 'met' : 'missed',
    ])
  }
  printTable(
    `Files of ${rows.toLocaleString('en')} rows through the job that imports them, to stores that only acknowledge`,
    cells,
  )
} finally {
  client.destroy()
  await dynalite.close()
  await rm(directory, { recursive: true })
}
