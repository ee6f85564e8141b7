import { type Cairn, startCairn } from './cairn-process.ts'
import { ONLY_WHEN_ASKED } from './commit.ts'
import type { Figure } from './figure.ts'
import { load, medianOf } from './load.ts'
import { batchWrites, ENTRIES, type Loaded, loadRecords } from './loaded-records.ts'

const SHARE = 0.8
const MAX_ROWS = 200_000
const EVERY_SECOND = ['--commit-seconds', '1']

interface Server {
  cairn: Cairn
  nextNumber: Loaded['nextNumber']
}

/**
 * Batches written to a server that commits every second what was written in the last one, in turns with the same batches
 * on a server that commits nothing. What still waits at the end tells whether the history has kept up.
 */
export const writeWhileCommitting: Figure = {
  name: 'write-while-committing',
  async measure({ records, seconds, runs }) {
    const rows = Math.min(records, MAX_ROWS)
    const idle = await startLoaded(rows, ONLY_WHEN_ASKED)
    try {
      const committing = await startLoaded(rows, EVERY_SECOND)
      try {
        const alone = []
        const beside = []
        for (let run = 0; run < runs; run++) {
          alone.push(await write(idle, seconds))
          beside.push(await write(committing, seconds))
        }
        const waiting = await waitingRows(committing.cairn)
        const measured = medianOf(beside).requestsPerSecond * ENTRIES
        const share = measured / (medianOf(alone).requestsPerSecond * ENTRIES)
        return {
          what: `BatchWriteRecord, ${ENTRIES} entries, while rows are committed every second`,
          unit: 'records/s',
          measured,
          target: `${SHARE * 100} % of the same without`,
          isMet: share >= SHARE,
          note: `${Math.round(share * 100)} %; ${(waiting / measured).toFixed(1)} s of rows wait at the end`,
        }
      } finally {
        await committing.cairn.stop()
      }
    } finally {
      await idle.cairn.stop()
    }
  },
}

async function startLoaded(rows: number, options: string[]): Promise<Server> {
  const cairn = await startCairn(...options)
  const { nextNumber } = await loadRecords(cairn, rows)
  return { cairn, nextNumber }
}

async function write({ cairn, nextNumber }: Server, seconds: number) {
  return await load(batchWrites(cairn, nextNumber), { seconds })
}

async function waitingRows({ url }: Cairn): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const waiting = /^cairn_offline_waiting_rows (\d+)$/m.exec(text)?.[1]
  if (waiting === undefined) throw new Error('the metrics do not tell how many rows wait')
  return Number(waiting)
}
