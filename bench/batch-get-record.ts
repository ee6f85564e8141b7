import { compare } from './compare.ts'
import type { Figure } from './figure.ts'
import { sqliteReadFloor } from './floor-sqlite.ts'
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
    const { measured, bare } = await compare(options, extent)
    const perSecond = measured.requestsPerSecond * IDENTIFIERS
    return {
      what: `BatchGetRecord, ${IDENTIFIERS} identifiers, ${CONNECTIONS} connections`,
      unit: 'records/s',
      measured: perSecond,
      bareHttp: bare.requestsPerSecond * IDENTIFIERS,
      bareSqlite: sqliteReadFloor(extent),
      target: TARGET.toLocaleString('en'),
      isMet: perSecond >= TARGET,
      note: `p99 ${measured.p99} ms`,
    }
  },
}

function body(nextIdentifier: () => string): string {
  const RecordIdentifiersValueAsString = Array.from({ length: IDENTIFIERS }, nextIdentifier)
  return JSON.stringify({ Identifiers: [{ FeatureGroupName: GROUP, RecordIdentifiersValueAsString }] })
}
