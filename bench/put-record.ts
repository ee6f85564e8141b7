import { compare } from './compare.ts'
import type { Figure } from './figure.ts'
import { sqliteWriteFloor } from './floor-sqlite.ts'
import { GROUP, putBody } from './records.ts'

const CONNECTIONS = 16
const TARGET = 4_000

export const putRecord: Figure = {
  name: 'PutRecord',
  async measure({ cairn, loaded, ...extent }) {
    const options = {
      url: cairn.url,
      connections: CONNECTIONS,
      request: () => ({ method: 'PUT', path: `/FeatureGroup/${GROUP}`, body: putBody(loaded.nextNumber(1)) }) as const,
      isGood: (body: string) => body === '',
    }
    const { measured, bare } = await compare(options, extent)
    return {
      what: `PutRecord, ${CONNECTIONS} connections`,
      unit: 'records/s',
      measured: measured.requestsPerSecond,
      bareHttp: bare.requestsPerSecond,
      bareSqlite: sqliteWriteFloor(CONNECTIONS, extent),
      target: TARGET.toLocaleString('en'),
      isMet: measured.requestsPerSecond >= TARGET,
      note: `p99 ${measured.p99} ms`,
    }
  },
}
