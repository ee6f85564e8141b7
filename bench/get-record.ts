import type { Figure } from './figure.ts'
import { httpFloor } from './floor-http.ts'
import { sqliteReadFloor } from './floor-sqlite.ts'
import { medianLoad } from './load.ts'
import { GROUP } from './records.ts'

const CONNECTIONS = 16
const SHARE_OF_BARE = 0.5
const MAX_P99 = 10

export const getRecord: Figure = {
  name: 'GetRecord',
  async measure({ cairn, loaded, ...extent }) {
    const path = `/FeatureGroup/${GROUP}?RecordIdentifierValueAsString=`
    const options = {
      url: cairn.url,
      connections: CONNECTIONS,
      request: () => ({ method: 'GET', path: path + loaded.nextIdentifier() }) as const,
      isGood: (body: string) => body.startsWith('{"Record":[{'),
    }
    const { requestsPerSecond: measured, p99 } = await medianLoad(options, extent)
    const bare = await httpFloor(options, extent)
    return {
      what: `GetRecord, ${CONNECTIONS} connections`,
      unit: 'records/s',
      measured,
      bareHttp: bare.requestsPerSecond,
      bareSqlite: sqliteReadFloor(extent),
      target: `half of bare HTTP, p99 < ${MAX_P99} ms`,
      isMet: measured >= bare.requestsPerSecond * SHARE_OF_BARE && p99 < MAX_P99,
      note: `p99 ${p99} ms, bare ${bare.p99} ms`,
    }
  },
}
