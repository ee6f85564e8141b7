import { compare } from './compare.ts'
import type { Figure } from './figure.ts'
import { sqliteReadFloor } from './floor-sqlite.ts'
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
    const { measured, bare } = await compare(options, extent)
    return {
      what: `GetRecord, ${CONNECTIONS} connections`,
      unit: 'records/s',
      measured: measured.requestsPerSecond,
      bareHttp: bare.requestsPerSecond,
      bareSqlite: sqliteReadFloor(extent),
      target: `half of bare HTTP, p99 < ${MAX_P99} ms`,
      isMet: measured.requestsPerSecond >= bare.requestsPerSecond * SHARE_OF_BARE && measured.p99 < MAX_P99,
      note: `p99 ${measured.p99} ms, bare ${bare.p99} ms`,
    }
  },
}
