import { compare } from './compare.ts'
import type { Figure } from './figure.ts'
import { sqliteListFloor } from './floor-sqlite.ts'
import { type LoadOptions, load } from './load.ts'
import { GROUP } from './records.ts'

const PER_PAGE = 100
const TARGET = 100_000
/** The first and the last pages whose times are compared. */
const COMPARED_PAGES = 200
const MAX_DIFFERENCE = 1.5

export const listRecords: Figure = {
  name: 'ListRecords',
  async measure({ cairn, records, ...extent }) {
    const walk = makeWalk(cairn.url)
    await load(walk.options, { seconds: 1 })
    walk.restart()
    const { requestsPerSecond } = await load(walk.options, { amount: records / PER_PAGE })
    const compared = Math.min(COMPARED_PAGES, Math.floor(walk.pageTimes.length / 2))
    const first = median(walk.pageTimes.slice(0, compared))
    const last = median(walk.pageTimes.slice(-compared))
    const { bare } = await compare(walk.options, extent)
    const measured = requestsPerSecond * PER_PAGE
    const isSteady = last < first * MAX_DIFFERENCE
    return {
      what: `ListRecords over ${records.toLocaleString('en')} records, 1 connection`,
      unit: 'identifiers/s',
      measured,
      bareHttp: bare.requestsPerSecond * PER_PAGE,
      bareSqlite: sqliteListFloor(extent),
      target: `${TARGET.toLocaleString('en')}, last page as the first`,
      isMet: measured >= TARGET && isSteady,
      note: `first page ${first.toFixed(2)} ms, last page ${last.toFixed(2)} ms`,
    }
  },
}

/** A client that asks for page after page, each with the token of the one before, and begins again at the end. */
function makeWalk(url: string) {
  const pageTimes: number[] = []
  let token: string | undefined
  let asked = 0
  const options: LoadOptions = {
    url,
    connections: 1,
    request() {
      asked = performance.now()
      const body = JSON.stringify({ MaxResults: PER_PAGE, ...(token !== undefined && { NextToken: token }) })
      return { method: 'POST', path: `/FeatureGroup/${GROUP}/ListRecords`, body }
    },
    isGood: (body) => body.startsWith('{"RecordIdentifiers":["'),
    onAnswer(body) {
      pageTimes.push(performance.now() - asked)
      token = JSON.parse(body).NextToken
    },
  }
  return {
    options,
    pageTimes,
    restart() {
      token = undefined
      pageTimes.length = 0
    },
  }
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}
