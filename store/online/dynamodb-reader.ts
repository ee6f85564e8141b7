import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { batches } from '../calls/batches.ts'
import { callFailure } from '../calls/call-failure.ts'
import { concurrently } from '../calls/concurrently.ts'
import type { Version } from '../records/change.ts'
import { type BatchTable, batchRead, MAX_BATCH_READ } from './dynamodb-batches.ts'
import { type Item, keyItem, readEnvelope } from './dynamodb-item.ts'
import { listPage } from './dynamodb-list.ts'
import { getParams } from './dynamodb-params.ts'
import { scanPage } from './dynamodb-scan.ts'
import { readVersion } from './dynamodb-version.ts'
import type { FeatureOrder } from './feature-order.ts'
import { onlineKey } from './keys.ts'
import { isExpired, type Lookup, type OnlineReader } from './online-store.ts'

export interface ReadTable extends BatchTable {
  featureOrder: FeatureOrder
  /** Told the cause when something is `unprocessed`; `what` names what was to be done. */
  onUnprocessed: (cause: unknown, what: string) => void
}

const MAX_BATCHES_IN_FLIGHT = 4

/** The reading half of the online store in a DynamoDB table. All reads are strongly consistent. */
export function dynamodbReader(table: ReadTable): OnlineReader {
  const { client, tableName, featureOrder, onUnprocessed } = table

  async function liveVersion(groupId: string, item: Item | undefined, now: number): Promise<Version | undefined> {
    if (item === undefined) return undefined
    const envelope = readEnvelope(item)
    if (envelope.isDeleted || isExpired(envelope, now)) return undefined
    return await readVersion(item, { groupId, featureOrder })
  }

  /** What lies under each of the keys, by the text of the key; keys that could not be read are not in it. */
  async function readBatch(keys: Item[]): Promise<Map<string, Item | undefined>> {
    const { items, leftover } = await batchRead(table, keys)
    const found = new Map<string, Item | undefined>(keys.map((key) => [keyText(key), undefined]))
    for (const item of items) found.set(keyText(item), item)
    for (const key of leftover.keys) found.delete(keyText(key))
    if (leftover.keys.length > 0) onUnprocessed(leftover.cause, 'read records')
    return found
  }

  async function getMany(groupId: string, identifiers: string[], now: number): Promise<Lookup[]> {
    const keys = identifiers.map((identifier) => keyItem(onlineKey(groupId, identifier)))
    const unique = [...new Map(keys.map((key) => [keyText(key), key])).values()]
    const answers = await concurrently(batches(unique, MAX_BATCH_READ), MAX_BATCHES_IN_FLIGHT, readBatch)
    const found = new Map(answers.flatMap((answer) => [...answer]))
    return await Promise.all(
      keys.map((key) => {
        const text = keyText(key)
        return found.has(text) ? liveVersion(groupId, found.get(text), now) : 'unprocessed'
      }),
    )
  }

  return {
    get: (groupId, identifier, now) =>
      orFailure('read a record', async () => {
        const command = new GetItemCommand(getParams(tableName, onlineKey(groupId, identifier)))
        // The order is asked for meanwhile: where it is not known yet, that takes as long as the record.
        const [{ Item }] = await Promise.all([client.send(command), featureOrder(groupId)])
        return await liveVersion(groupId, Item, now)
      }),
    getMany: (groupId, identifiers, now) => orFailure('read records', () => getMany(groupId, identifiers, now)),
    list: (groupId, options) => orFailure('list records', () => listPage(table, groupId, options)),
    scan: (groupId, options) => orFailure('scan records', () => scanPage(table, groupId, options)),
  }
}

async function orFailure<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw callFailure(what, error)
  }
}

/** A partition key has no line break. */
function keyText(key: Item): string {
  return `${key['pk']?.S}\n${key['sk']?.S}`
}
