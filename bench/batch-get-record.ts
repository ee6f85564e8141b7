import type { Figure } from './figure.ts'
import { httpFloor } from './floor-http.ts'
import { sqliteReadFloor } from './floor-sqlite.ts'
import { medianLoad } from './load.ts'
import { GROUP } from './records.ts'

const IDENTIFIERS = 100
const CONNECTIONS = 8
const TARGET = 40_000

export const batchGetRecord: Figure = {
  name: 'BatchGetRecord',
  async measure({ cairn, loaded, ...extent }) {
    const options = {
      url: cairn.url,
      connections: CONNECTIONS,
      request: () => ({ method: 'POST', path: '/BatchGetRecord', body: body(loaded.nextIdentifier) }) as const,
      isGood: (answer: string) =>
        answer.startsWith('{"Records":[{') && answer.endsWith(',"UnprocessedIdentifiers":[]}'),
    }
    const { requestsPerSecond, p99 } = await medianLoad(options, extent)
    const bare = await httpFloor(options, extent)
    const measured = requestsPerSecond * IDENTIFIERS
    return {
      what: `BatchGetRecord, ${IDENTIFIERS} identifiers, ${CONNECTIONS} connections`,
      unit: 'records/s',
      measured,
      bareHttp: bare.requestsPerSecond * IDENTIFIERS,
      bareSqlite: sqliteReadFloor(extent),
      target: TARGET.toLocaleString('en'),
      isMet: measured >= TARGET,
      note: `p99 ${p99} ms`,
    }
  },
}

function body(nextIdentifier: () => string): string {
  const RecordIdentifiersValueAsString = Array.from({ length: IDENTIFIERS }, nextIdentifier)
  return JSON.stringify({ Identifiers: [{ FeatureGroupName: GROUP, RecordIdentifiersValueAsString }] })
}
