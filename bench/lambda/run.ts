import { availableParallelism, cpus } from 'node:os'
import { type BatchWriteTimes, measureBatchWrite } from './batch-write.ts'
import { type BundleRow, measureBundles } from './bundles.ts'
import { type Cost, costOf, totalOf } from './costs.ts'
import { type IngestRates, measureIngest } from './ingest.ts'
import { startLocalAws } from './local-aws.ts'
import { PRICES } from './prices.ts'
import { printTable } from './print-table.ts'
import { measureSessions, type SessionUnits } from './session-units.ts'
import { measureUsage, type Usage } from './usage.ts'

const MAX_BYTES = 500_000
const MAX_IMPORT_RATIO = 1.35
const MAX_WRITE_RATIO = 1.15
const MIN_INGEST_RATE = 3_000
const MIN_INGEST_RATIO = 0.85

const processor = `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown processor'}`
process.stdout.write(`Node.js ${process.versions.node}, ${processor}\n`)
printBundles(measureBundles())
const aws = await startLocalAws()
try {
  printBatchWrite(await measureBatchWrite(aws.client))
  printIngest(await measureIngest(aws.client))
  const usages = await measureUsage(aws.client)
  printUsage(usages)
  printCosts(usages.map(costOf))
  printSessions(await measureSessions())
} finally {
  await aws.close()
}

function printBundles(rows: BundleRow[]): void {
  const bare = rows[0]?.importMs ?? Number.NaN
  const cells = rows.map(({ name, bytes, importMs }) => {
    const ratio = importMs / bare
    const isMet = bytes <= MAX_BYTES && ratio <= MAX_IMPORT_RATIO
    return [name, whole(bytes), importMs.toFixed(1), ratio.toFixed(2), name === 'bare' ? '' : verdict(isMet)]
  })
  const target = `at most ${whole(MAX_BYTES)} bytes and ${MAX_IMPORT_RATIO} times the bare import`
  printTable('Bundles, and the median time to import each in a fresh process', [
    ['handler', 'bytes', 'import ms', 'of bare', target],
    ...cells,
  ])
}

function printBatchWrite({ handlerMicros, bareMicros }: BatchWriteTimes): void {
  const ratio = handlerMicros / bareMicros
  printTable(
    'BatchWriteRecord of 25 records, history included, beside 25 conditional puts on the same DynamoDB Local',
    [
      ['µs per record', 'bare puts', 'of bare', `at most ${MAX_WRITE_RATIO}`],
      [handlerMicros.toFixed(0), bareMicros.toFixed(0), ratio.toFixed(2), verdict(ratio <= MAX_WRITE_RATIO)],
    ],
  )
}

function printIngest(measured: IngestRates[]): void {
  const cells = measured.map(({ form, handler, bare }) => {
    const ratio = handler.perSecond / bare.perSecond
    const isMet = handler.perCpuSecond >= MIN_INGEST_RATE && ratio >= MIN_INGEST_RATIO
    const rates = [handler.perSecond, bare.perSecond, handler.perCpuSecond, bare.perCpuSecond].map(whole)
    return [form, ...rates, ratio.toFixed(2), verdict(isMet)]
  })
  const target = `at least ${whole(MIN_INGEST_RATE)} per CPU second and ${MIN_INGEST_RATIO} of bare`
  printTable(
    'Events of a queue, 100 a batch, history included, beside as many conditional puts on the same DynamoDB Local',
    [['event with', 'events/s', 'bare puts/s', 'events/CPU s', 'bare puts/CPU s', 'of bare', target], ...cells],
  )
}

function printUsage(usages: Usage[]): void {
  printTable('What one request uses, measured; milliseconds on DynamoDB Local, in the handler', [
    ['operation', 'records', 'write units', 'read units', 'request bytes', 'Firehose bytes', 'log bytes', 'ms'],
    ...usages.map((usage) => [
      usage.operation,
      String(usage.records),
      String(usage.writeUnits),
      String(usage.readUnits),
      whole(usage.requestBytes),
      whole(usage.firehoseBytes),
      whole(usage.logBytes),
      usage.milliseconds.toFixed(1),
    ]),
  ])
}

function printCosts(costs: Cost[]): void {
  printTable('Dollars for a million records at list prices, beside what SageMaker asks for the units alone', [
    ['operation', 'DynamoDB', 'Firehose', 'API Gateway', 'Lambda', 'logs', 'together', 'SageMaker'],
    ...costs.map((cost) => [
      `${cost.operation} of ${cost.records}`,
      ...[cost.tables, cost.history, cost.api, cost.functions, cost.logs, totalOf(cost), cost.sageMaker].map(
        (dollars) => dollars.toFixed(3),
      ),
    ]),
  ])
  const prices = Object.values(PRICES).map(({ dollars, per, source }) => [String(dollars), per, source])
  printTable('The prices, in us-east-1', [['dollars', 'for a', 'source'], ...prices])
}

function printSessions(measured: SessionUnits[]): void {
  const perMillion = (units: number, records: number) => whole((units / records) * 1_000_000)
  printTable('What delete sessions that delete a tenth of the records ask of DynamoDB, measured', [
    [
      'mode',
      'shards',
      'read units a million scanned',
      'write units a million deleted',
      'units of the ledger',
      'steps for 20,000 records',
    ],
    ...measured.map(({ mode, shards, scanned, deleted, steps, readUnits, writeUnits, ledgerUnits }) => [
      mode,
      String(shards),
      perMillion(readUnits, scanned),
      perMillion(writeUnits, deleted),
      whole(ledgerUnits),
      String(steps),
    ]),
  ])
}

function verdict(isMet: boolean): string {
  return isMet ? 'met' : 'missed'
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}
