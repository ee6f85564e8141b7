import { startCairn } from './cairn-process.ts'
import { flush, ONLY_WHEN_ASKED } from './commit.ts'
import type { Figure } from './figure.ts'
import { type LoadOptions, load, medianOf } from './load.ts'
import { BATCH_ANSWER, BATCH_CONNECTIONS, ENTRIES, loadRecords } from './loaded-records.ts'
import { batchBody } from './records.ts'

const SHARE = 0.8
const MAX_ROWS = 200_000

/**
 * Batches written while the committer takes from the log without a pause, in turns with the same batches on the same
 * server while nothing is committed: what these leave in the log, the next turn commits.
 */
export const writeWhileCommitting: Figure = {
  name: 'write-while-committing',
  async measure({ records, seconds, runs }) {
    const cairn = await startCairn(...ONLY_WHEN_ASKED)
    try {
      const { nextNumber } = await loadRecords(cairn, Math.min(records, MAX_ROWS))
      const options: LoadOptions = {
        url: cairn.url,
        connections: BATCH_CONNECTIONS,
        request: () => ({ method: 'POST', path: '/BatchWriteRecord', body: batchBody(nextNumber(ENTRIES), ENTRIES) }),
        isGood: (body) => body === BATCH_ANSWER,
      }
      const alone = []
      const beside = []
      let committed = 0
      for (let run = 0; run < runs; run++) {
        alone.push(await load(options, { seconds }))
        const { loaded, rows } = await besideCommits(load(options, { seconds }), () => flush(cairn))
        beside.push(loaded)
        committed += rows
      }
      const measured = medianOf(beside).requestsPerSecond * ENTRIES
      const share = measured / (medianOf(alone).requestsPerSecond * ENTRIES)
      return {
        what: `BatchWriteRecord, ${ENTRIES} entries, ${BATCH_CONNECTIONS} connections, while rows are committed`,
        unit: 'records/s',
        measured,
        target: `${SHARE * 100} % of the same without`,
        isMet: share >= SHARE,
        note: `${Math.round(share * 100)} %; ${Math.round(committed / (runs * seconds)).toLocaleString('en')} rows/s committed`,
      }
    } finally {
      await cairn.stop()
    }
  },
}

/** Has rows committed again and again until the load is through. */
async function besideCommits<Loaded>(loading: Promise<Loaded>, commit: () => Promise<number>) {
  let isLoading = true
  const loaded = loading.finally(() => {
    isLoading = false
  })
  let rows = 0
  while (isLoading) rows += await commit()
  return { loaded: await loaded, rows }
}
