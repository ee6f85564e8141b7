import { type Cairn, startCairn } from './cairn-process.ts'
import type { Figure } from './figure.ts'
import { ROWS_PER_FILE, writerFloor } from './floor-writer.ts'
import { load } from './load.ts'
import { batchWrites, ENTRIES, loadRecords } from './loaded-records.ts'

const TARGET = 100_000
const SHARE_OF_WRITER = 0.7
const MAX_ROWS = 200_000

/** Rows go into the tables when they are told to, and not before. */
export const ONLY_WHEN_ASKED = ['--commit-seconds', '86400', '--commit-megabytes', '4096']

/**
 * Rows that wait in the log of a running server go into its Iceberg table; nothing else is asked of it meanwhile. The
 * first rows warm it up, as they do `hyparquet-writer`.
 */
export const commit: Figure = {
  name: 'commit',
  async measure({ records, runs }) {
    const rows = Math.min(records, MAX_ROWS)
    const cairn = await startCairn(...ONLY_WHEN_ASKED)
    const rates: number[] = []
    const floors: number[] = []
    try {
      const { nextNumber } = await loadRecords(cairn, rows)
      await flush(cairn)
      writerFloor(rows)
      for (let run = 0; run < runs; run++) {
        await load(batchWrites(cairn, nextNumber), { amount: rows / ENTRIES })
        rates.push(await commitRate(cairn, rows))
        floors.push(writerFloor(rows))
      }
    } finally {
      await cairn.stop()
    }
    const measured = median(rates)
    const floor = median(floors)
    return {
      what: `Committing rows of 10 features to Iceberg, ${ROWS_PER_FILE.toLocaleString('en')} rows a snapshot`,
      unit: 'rows/s',
      measured,
      target: `${TARGET.toLocaleString('en')}, ${SHARE_OF_WRITER * 100} % of hyparquet-writer`,
      isMet: measured >= TARGET && measured >= floor * SHARE_OF_WRITER,
      note: `${Math.round((100 * measured) / floor)} % of hyparquet-writer alone (${Math.round(floor).toLocaleString('en')})`,
    }
  },
}

async function commitRate(cairn: Cairn, rows: number): Promise<number> {
  const started = performance.now()
  const committed = await flush(cairn)
  if (committed !== rows) throw new Error(`${committed} rows were committed, not ${rows}`)
  return (rows * 1000) / (performance.now() - started)
}

/** Has the server commit what waits; answers how many rows that was. */
async function flush({ url }: Cairn): Promise<number> {
  const answer = await fetch(`${url}/flush`, { method: 'POST', body: '{}' })
  if (!answer.ok) throw new Error(`/flush answered ${answer.status} ${await answer.text()}`)
  const { RowsCommitted } = (await answer.json()) as { RowsCommitted: number }
  return RowsCommitted
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
