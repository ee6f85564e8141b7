import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

const TARGET = 'x-amz-target'
const VERSION = 'DynamoDB_20120810'
const CONTENT_TYPE = 'application/x-amz-json-1.0'

type Item = Record<string, unknown>
interface Write {
  TableName: string
  Item?: Item
  Key?: Item
}
/** The single writes of a transaction: `{ Put: ... }` or `{ Delete: ... }`. */
type Entry = { [operation in 'Put' | 'Delete']?: Write }
type Call = (operation: string, input: object) => Promise<{ status: number; body: Record<string, unknown> }>

/**
 * Gives dynalite the TransactWriteItems that it lacks, for puts and deletes: one transaction at a time, whose writes
 * are undone when the condition of one is not met. Other requests may see it half done.
 */
export function addTransactions(server: Server): void {
  const [handle] = server.listeners('request')
  const done = new Set<unknown>()
  let last: Promise<void> = Promise.resolve()
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers[TARGET] !== `${VERSION}.TransactWriteItems`) return handle?.call(server, request, response)
    const turn = last
    last = (async () => {
      const { TransactItems, ClientRequestToken: token } = JSON.parse(await text(request))
      await turn
      const failure = done.has(token) ? undefined : await writeAll(callsTo(server, request), TransactItems)
      if (failure === undefined) done.add(token)
      response.writeHead(failure === undefined ? 200 : 400, { 'content-type': CONTENT_TYPE })
      response.end(JSON.stringify(failure ?? {}))
    })()
  })
}

/** Calls dynalite with the credentials of a request. */
function callsTo(server: Server, { headers: { authorization = '' } }: IncomingMessage): Call {
  const { port } = server.address() as AddressInfo
  return async (operation, input) => {
    const target = `${VERSION}.${operation}`
    const date = '20260101T000000Z'
    const headers = { [TARGET]: target, 'content-type': CONTENT_TYPE, authorization, 'x-amz-date': date }
    const body = JSON.stringify(input)
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
}

async function writeAll(call: Call, entries: Entry[]): Promise<object | undefined> {
  const undo: (() => Promise<unknown>)[] = []
  for (const [index, entry] of entries.entries()) {
    const [operation, write] = Object.entries(entry)[0] ?? []
    if (write === undefined) throw new Error(`dynalite makes no transaction of ${JSON.stringify(entry)}`)
    const { status, body } = await call(`${operation}Item`, { ...write, ReturnValues: 'ALL_OLD' })
    if (status !== 200) {
      for (const undoOne of undo.reverse()) await undoOne()
      return String(body['__type']).endsWith('#ConditionalCheckFailedException') ? cancelled(entries, index) : body
    }
    const { TableName } = write
    const old = body['Attributes']
    undo.push(() =>
      old ? call('PutItem', { TableName, Item: old }) : call('DeleteItem', { TableName, Key: key(write) }),
    )
  }
  return undefined
}

function key({ Item, Key }: Write) {
  return Key ?? { pk: Item?.['pk'], sk: Item?.['sk'] }
}

function cancelled(entries: Entry[], failed: number) {
  const Code = (index: number) => (index === failed ? 'ConditionalCheckFailed' : 'None')
  return {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    Message: 'Transaction cancelled',
    CancellationReasons: entries.map((_, index) => ({ Code: Code(index) })),
  }
}
