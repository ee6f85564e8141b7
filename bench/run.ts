import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { startCairn } from './cairn-process.ts'
import type { Bench, Row } from './figure.ts'
import { FIGURES } from './figures.ts'
import { loadRecords } from './loaded-records.ts'
import { printTable } from './table.ts'

const USAGE = `npm run bench -- [--quick] [--long] [--only NAME]

  --quick      100,000 records and short runs, for a first impression
  --long       files of ten times the records are ingested too, to see the memory that they take
  --only NAME  one figure: ${FIGURES.map(({ name }) => name).join(', ')}
`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    only: { type: 'string' },
    help: { type: 'boolean' },
  },
})
const chosen = FIGURES.filter(({ name }) => values.only === undefined || name === values.only)

if (values.help === true || chosen.length === 0) {
  process.stderr.write(USAGE)
  process.exit(values.help === true ? 0 : 1)
}

const effort = values.quick ? { records: 100_000, seconds: 2, runs: 1 } : { records: 1_000_000, seconds: 5, runs: 3 }
const cairn = await startCairn()
try {
  const told = `Node.js ${process.versions.node}, ${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown processor'}`
  process.stderr.write(`${told}\nloading ${effort.records.toLocaleString('en')} records\n`)
  const loaded = await loadRecords(cairn, effort.records)
  const bench: Bench = { cairn, loaded, isLong: values.long, ...effort }
  const rows: Row[] = []
  for (const figure of chosen) {
    process.stderr.write(`measuring ${figure.name}\n`)
    rows.push(await figure.measure(bench))
  }
  printTable(rows)
} finally {
  await cairn.stop()
}
