import { compare } from './compare.ts'
import type { Figure } from './figure.ts'
import { sqliteWriteFloor } from './floor-sqlite.ts'
import { BATCH_ANSWER, BATCH_CONNECTIONS, ENTRIES } from './loaded-records.ts'
import { batchBody } from './records.ts'

const TARGET = 15_000

export const batchWriteRecord: Figure = {
  name: 'BatchWriteRecord',
  async measure({ cairn, loaded, ...extent }) {
    const options = {
      url: cairn.url,
      connections: BATCH_CONNECTIONS,
      request: () =>
        ({
          method: 'POST',
          path: '/BatchWriteRecord',
          body: batchBody(loaded.nextNumber(ENTRIES), ENTRIES),
        }) as const,
      isGood: (body: string) => body === BATCH_ANSWER,
    }
    const { measured, bare } = await compare(options, extent)
    const perSecond = measured.requestsPerSecond * ENTRIES
    return {
      what: `BatchWriteRecord, ${ENTRIES} entries, ${BATCH_CONNECTIONS} connections`,
      unit: 'records/s',
      measured: perSecond,
      bareHttp: bare.requestsPerSecond * ENTRIES,
      bareSqlite: sqliteWriteFloor(BATCH_CONNECTIONS * ENTRIES, extent),
      target: `${TARGET.toLocaleString('en')}`,
      isMet: perSecond >= TARGET,
      note: `p99 ${measured.p99} ms`,
    }
  },
}
