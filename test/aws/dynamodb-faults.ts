import type { Answer, FaultsOptions, Part } from '../faults.ts'

/** How DynamoDB throttles, fails, and leaves parts of a batch unprocessed. */
export const DYNAMODB_FAULTS: Pick<FaultsOptions, 'throttled' | 'failed' | 'split'> = {
  throttled: answer(400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException'),
  failed: answer(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError'),
  split: ({ headers, body }, random) => {
    const operation = String(headers['x-amz-target']).split('.')[1]
    const requested = (body as Batch).RequestItems
    if (operation === 'BatchGetItem') return splitReads(requested as Tables<Reads>, random)
    if (operation === 'BatchWriteItem') return splitWrites(requested as Tables<unknown[]>, random)
    return undefined
  },
}

interface Batch {
  RequestItems: unknown
}
interface Tables<Requests> {
  [table: string]: Requests
}
interface Reads {
  Keys: unknown[]
  ConsistentRead?: boolean
}

function answer(status: number, type: string): Answer {
  const headers = { 'content-type': 'application/x-amz-json-1.0' }
  return { status, headers, body: JSON.stringify({ __type: type, message: 'a fault of the test' }) }
}

/** At least one key goes through: DynamoDB answers with an exception when none does. */
function splitReads(tables: Tables<Reads>, random: () => number): Part | undefined {
  return splitTables(tables, 'UnprocessedKeys', (reads) => {
    const [Keys, left] = halves(reads.Keys, random)
    return [{ ...reads, Keys }, left.length === 0 ? undefined : { ...reads, Keys: left }]
  })
}

function splitWrites(tables: Tables<unknown[]>, random: () => number): Part | undefined {
  return splitTables(tables, 'UnprocessedItems', (requests) => {
    const [sent, left] = halves(requests, random)
    return [sent, left.length === 0 ? undefined : left]
  })
}

function splitTables<R>(tables: Tables<R>, member: string, split: (r: R) => [R, R | undefined]): Part | undefined {
  const parts = Object.entries(tables).map(([table, requests]) => [table, split(requests)] as const)
  const left = Object.fromEntries(parts.flatMap(([table, [, rest]]) => (rest === undefined ? [] : [[table, rest]])))
  if (Object.keys(left).length === 0) return undefined
  return {
    body: { RequestItems: Object.fromEntries(parts.map(([table, [sent]]) => [table, sent])) },
    complete: (answered) => {
      const own = (answered as Tables<object>)[member] ?? {}
      if (Object.keys(own).length > 0) throw new Error(`the server behind has ${member} of its own`)
      return { ...(answered as object), [member]: left }
    },
  }
}

function halves<T>(list: T[], random: () => number): [T[], T[]] {
  const at = 1 + Math.floor(random() * list.length)
  return [list.slice(0, at), list.slice(at)]
}
