import type { Figure } from './figure.ts'
import { httpFloor } from './floor-http.ts'
import { sqliteWriteFloor } from './floor-sqlite.ts'
import { medianLoad } from './load.ts'
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
    const { requestsPerSecond: measured, p99 } = await medianLoad(options, extent)
    const bare = await httpFloor(options, extent)
    return {
      what: `PutRecord, ${CONNECTIONS} connections`,
      unit: 'records/s',
      measured,
      bareHttp: bare.requestsPerSecond,
      bareSqlite: sqliteWriteFloor(CONNECTIONS, extent),
      target: TARGET.toLocaleString('en'),
      isMet: measured >= TARGET,
      note: `p99 ${p99} ms`,
    }
  },
}
