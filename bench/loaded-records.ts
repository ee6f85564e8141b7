import type { Cairn } from './cairn-process.ts'
import { type LoadOptions, load } from './load.ts'
import { batchBody, GROUP_REQUEST, identifierOf } from './records.ts'

export const ENTRIES = 25
export const BATCH_CONNECTIONS = 8
export const BATCH_ANSWER = '{"Errors":[],"UnprocessedEntries":[]}'

/** The records that the reads find, and how their load went. */
export interface Loaded {
  recordsPerSecond: number
  /** Bytes; undefined where the system does not tell. */
  peakMemory: number | undefined
  /** The identifier of one of them, each time another. */
  nextIdentifier: () => string
  /** The number of a record that is not there yet. */
  nextNumber: (count: number) => number
}

/** Creates the group and fills it with that many records, in batches. */
export async function loadRecords(cairn: Cairn, count: number): Promise<Loaded> {
  await createGroup(cairn)
  let next = 0
  const nextNumber = (taken: number) => {
    next += taken
    return next - taken
  }
  const { requestsPerSecond } = await load(batchWrites(cairn, nextNumber), { amount: count / ENTRIES })
  let read = 0
  return {
    recordsPerSecond: requestsPerSecond * ENTRIES,
    peakMemory: await cairn.peakMemory(),
    nextIdentifier() {
      read = (read + 7_919) % count
      return identifierOf(read)
    },
    nextNumber,
  }
}

/** BatchWriteRecord of records that are not there yet. */
export function batchWrites({ url }: Pick<Cairn, 'url'>, nextNumber: Loaded['nextNumber']): LoadOptions {
  return {
    url,
    connections: BATCH_CONNECTIONS,
    request: () => ({ method: 'POST', path: '/BatchWriteRecord', body: batchBody(nextNumber(ENTRIES), ENTRIES) }),
    isGood: (body) => body === BATCH_ANSWER,
  }
}

async function createGroup({ url }: Cairn): Promise<void> {
  const headers = { 'x-amz-target': 'SageMaker.CreateFeatureGroup', 'content-type': 'application/x-amz-json-1.1' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(GROUP_REQUEST) })
  if (!answer.ok) throw new Error(`the group was not created: ${await answer.text()}`)
}
