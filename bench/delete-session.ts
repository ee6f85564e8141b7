import { setTimeout as pause } from 'node:timers/promises'
import { startCairn } from './cairn-process.ts'
import type { Bench, Figure } from './figure.ts'
import { sqliteDeleteFloor } from './floor-sqlite.ts'
import { type LoadOptions, load, medianOf } from './load.ts'
import { loadRecords } from './loaded-records.ts'
import { GROUP, putBody } from './records.ts'

const CONNECTIONS = 16
const POLL_MS = 20
const SCANNED_TARGET = 50_000
const DELETED_TARGET = 20_000
const MAX_DELETED = 100_000
const SHARE_OF_API = 0.7

/** The zip codes of records are spread evenly over these: a tenth of them is in a tenth of the records. */
const FIRST_ZIPCODE = 10_000
const TENTH_OF_ZIPCODES = 9_000

/** Deletes ran, and for how long. */
interface Session {
  deleted: number
  /** Milliseconds. */
  took: number
}

/**
 * Sessions that each look at every record and delete another tenth of them, alone and beside requests that put and get
 * records in turns, which are measured with a session and without one.
 */
export const deleteSession: Figure = {
  name: 'delete-session',
  async measure(bench) {
    const { seconds, runs } = bench
    const api = apiLoad(bench)
    const records = bench.loaded.nextNumber(0)
    const alone: Session[] = []
    const beside: Session[] = []
    const without = []
    const meanwhile = []
    for (let run = 0; run < runs; run++) {
      alone.push(await runSession(bench.cairn.url, tenth(2 * run)))
      without.push(await load(api, { seconds }))
      const session = runSession(bench.cairn.url, tenth(2 * run + 1))
      meanwhile.push(await load(api, { until: session }))
      beside.push(await session)
    }
    const share = medianOf(meanwhile).requestsPerSecond / medianOf(without).requestsPerSecond
    const rates = [alone, beside].map((sessions) => (records * 1000) / medianTime(sessions))
    const [measured = 0, besideRate = 0] = rates
    return {
      what: `Delete session over ${records.toLocaleString('en')} records that deletes a tenth`,
      unit: 'records/s scanned',
      measured,
      target: `${SCANNED_TARGET.toLocaleString('en')}, PutRecord and GetRecord keep ${SHARE_OF_API * 100} %`,
      isMet: Math.min(...rates) >= SCANNED_TARGET && share >= SHARE_OF_API,
      note: `${whole(besideRate)}/s beside ${CONNECTIONS} connections, which keep ${Math.round(share * 100)} %, p99 ${medianOf(meanwhile).p99} ms (${medianOf(without).p99} ms)`,
    }
  },
}

/** A session of all that is in a window: every record of a group. */
export const deleteAll: Figure = {
  name: 'delete-all',
  async measure({ records, runs }) {
    const count = Math.min(records, MAX_DELETED)
    const sessions: Session[] = []
    const floors: number[] = []
    for (let run = 0; run < runs; run++) {
      sessions.push(await onItsOwn(count))
      floors.push(sqliteDeleteFloor(count))
    }
    const measured = (count * 1000) / medianTime(sessions)
    return {
      what: `Delete session over ${count.toLocaleString('en')} records that deletes all`,
      unit: 'records/s deleted',
      measured,
      bareSqlite: floors.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN,
      target: DELETED_TARGET.toLocaleString('en'),
      isMet: measured >= DELETED_TARGET,
    }
  },
}

async function onItsOwn(count: number): Promise<Session> {
  const cairn = await startCairn()
  try {
    await loadRecords(cairn, count)
    const session = await runSession(cairn.url, { startTS: '2000.01.01' })
    if (session.deleted !== count) throw new Error(`${session.deleted} of ${count} records were deleted`)
    return session
  } finally {
    await cairn.stop()
  }
}

function apiLoad({ cairn, loaded }: Bench): LoadOptions {
  const path = `/FeatureGroup/${GROUP}`
  let asked = 0
  return {
    url: cairn.url,
    connections: CONNECTIONS,
    request() {
      asked += 1
      if (asked % 2 === 0) return { method: 'PUT', path, body: putBody(loaded.nextNumber(1)) }
      return { method: 'GET', path: `${path}?RecordIdentifierValueAsString=${loaded.nextIdentifier()}` }
    },
    // Nothing for a put, and no record for one that a session has deleted.
    isGood: (body) => body === '' || body === '{}' || body.startsWith('{"Record":[{'),
  }
}

function tenth(number: number) {
  const low = FIRST_ZIPCODE + number * TENTH_OF_ZIPCODES
  return { filter: [['within', 'zipcode', [low, low + TENTH_OF_ZIPCODES - 1]]] }
}

/** Runs a delete session to its end. */
async function runSession(url: string, criteria: object): Promise<Session> {
  const started = performance.now()
  const { name } = await ask(`${url}/delete`, { method: 'POST', body: JSON.stringify({ table: GROUP, ...criteria }) })
  for (;;) {
    const { status, deleted, error } = await ask(`${url}/delete/${name}`, {})
    if (status === 'completed') return { deleted: Number(deleted), took: performance.now() - started }
    if (status !== 'processing') throw new Error(`the session is ${status}: ${error}`)
    await pause(POLL_MS)
  }
}

async function ask(url: string, init: RequestInit): Promise<{ [member: string]: unknown }> {
  const answer = await fetch(url, init)
  if (!answer.ok) throw new Error(`${url} answered ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as { [member: string]: unknown }
}

function medianTime(sessions: Session[]): number {
  return sessions.map(({ took }) => took).sort((a, b) => a - b)[Math.floor(sessions.length / 2)] ?? Number.NaN
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}
