import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { callFailure } from '../calls/call-failure.ts'
import { concurrently } from '../calls/concurrently.ts'
import type { Change, Outcome } from '../records/change.ts'
import { dynamodbReader } from './dynamodb-reader.ts'
import { removeGroup } from './dynamodb-remove-group.ts'
import { writeChange } from './dynamodb-write.ts'
import type { FeatureOrder } from './feature-order.ts'
import type { OnlineStore } from './online-store.ts'

export interface DynamoOnlineStoreOptions {
  client: DynamoDBClient
  /** A table with the keys and the time to live of `ONLINE_KEYS`. */
  tableName: string
  featureOrder: FeatureOrder
  /** Told the cause when something is `unprocessed`; `what` names what was to be done. */
  onUnprocessed: (cause: unknown, what: string) => void
  /** The base of the waits between the requests of a batch, in milliseconds. @default 50 */
  backoffMs?: number
}

const BACKOFF_MS = 50
/**
 * Twice as many requests as the SDK opens connections for: the next one of each is made while others are under way, and
 * only has to be sent when its turn comes, which takes a quarter less processor time for each.
 */
const MAX_IN_FLIGHT = 100

/**
 * The online store in a DynamoDB table: strongly consistent reads, and one conditional request for each write. What
 * DynamoDB throttles or does not answer, after the client's own retries, is `unprocessed` or a ServiceUnavailable; a
 * request that it will never take is an InternalFailure.
 */
export function dynamoOnlineStore(options: DynamoOnlineStoreOptions): OnlineStore {
  const { onUnprocessed, backoffMs = BACKOFF_MS } = options
  const table = { ...options, backoffMs }

  async function applyOne(change: Change, now: number): Promise<Outcome> {
    try {
      return await writeChange(table, change, now)
    } catch (error) {
      const failure = callFailure('write a record', error)
      if (failure.code !== 'ServiceUnavailable') throw failure
      onUnprocessed(error, 'write a record')
      return { result: 'unprocessed' }
    }
  }

  async function apply(changes: Change[], now: number): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    /** Makes the changes of one record in order; after one that is unprocessed, no further one is tried. */
    async function applyInOrder(indexed: [number, Change][]): Promise<void> {
      let isTaken = true
      for (const [index, change] of indexed) {
        const outcome: Outcome = isTaken ? await applyOne(change, now) : { result: 'unprocessed' }
        outcomes[index] = outcome
        isTaken = outcome.result !== 'unprocessed'
      }
    }
    const byRecord = Map.groupBy(changes.entries(), ([, change]) => recordText(change))
    await concurrently([...byRecord.values()], MAX_IN_FLIGHT, applyInOrder)
    return outcomes
  }

  return {
    ...dynamodbReader(table),
    apply,
    async removeGroup(groupId, limit) {
      try {
        return await removeGroup(table, groupId, limit)
      } catch (error) {
        throw callFailure('remove the records of a group', error)
      }
    },
  }
}

/** A group id has no line break. */
function recordText({ target, identifier }: Change): string {
  return `${target.groupId}\n${identifier}`
}
