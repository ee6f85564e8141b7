import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { schemaOf } from '../../store/groups/feature-group.ts'
import { putParams } from '../../store/online/dynamodb-params.ts'
import type { Put } from '../../store/records/change.ts'
import { validateRecord } from '../../store/records/record.ts'
import { batchBody, recordJson } from '../records.ts'
import { median } from './bundles.ts'
import { group } from './group.ts'
import { eventOf, type Handler, loadHandler } from './load-handler.ts'
import { silenced } from './silenced.ts'
import { VARIABLES } from './variables.ts'

const BATCH = 25
const WARM_UP = 150
const ROUNDS = 400

/** Microseconds for each record: in the handler, and in bare conditional puts of such items. */
export interface BatchWriteTimes {
  handlerMicros: number
  bareMicros: number
}

/** Times BatchWriteRecord of 25 records in its handler, in turns with 25 bare puts on the same DynamoDB. */
export async function measureBatchWrite(client: DynamoDBClient): Promise<BatchWriteTimes> {
  const handler = loadHandler('batch-write-record')
  const handlerMs: number[] = []
  const bareMs: number[] = []
  await silenced(async () => {
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const first = round * 2 * BATCH
      const event = eventOf('POST /BatchWriteRecord', { body: batchBody(first, BATCH) })
      const commands = Array.from({ length: BATCH }, (_, index) => putCommand(first + BATCH + index))
      const times = [await timed(() => writeBatch(handler, event)), await timed(() => sendAll(client, commands))]
      if (round < WARM_UP) continue
      handlerMs.push(times[0] ?? Number.NaN)
      bareMs.push(times[1] ?? Number.NaN)
    }
  })
  const perRecord = (milliseconds: number[]) => (median(milliseconds) * 1000) / BATCH
  return { handlerMicros: perRecord(handlerMs), bareMicros: perRecord(bareMs) }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

async function writeBatch(handler: Handler, event: Parameters<Handler>[0]): Promise<void> {
  const { body } = await handler(event)
  if (body !== '{"Errors":[],"UnprocessedEntries":[]}') throw new Error(`the handler answered ${body}`)
}

function sendAll(client: DynamoDBClient, commands: PutItemCommand[]): Promise<unknown> {
  return Promise.all(commands.map((command) => client.send(command)))
}

function putCommand(number: number): PutItemCommand {
  return new PutItemCommand(putParams(VARIABLES.ONLINE_TABLE, putOf(number), Date.now()))
}

/** The change that writing the record of that number is. */
export function putOf(number: number): Put {
  const version = validateRecord(schemaOf(group), JSON.parse(recordJson(number)))
  const target = { groupId: group.groupId, online: true, offline: true }
  return { kind: 'put', target, identifier: version.identifier, receivedAt: Date.now(), version }
}
