import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Forget, Outcome, Purge, Restore, Retract, SessionChange } from '../records/change.ts'
import { type Item, readEnvelope } from './dynamodb-item.ts'
import { forgetParams, purgeParams, restoreParams, retractParams } from './dynamodb-session-params.ts'
import { readVersion } from './dynamodb-version.ts'
import type { FeatureOrder } from './feature-order.ts'
import { precedence } from './precedence.ts'

export interface SessionTable {
  client: DynamoDBClient
  tableName: string
  featureOrder: FeatureOrder
}

/**
 * Makes one change of a delete session by one conditional request, by the rules of `precedence`. What was made before
 * is `applied` again, so that its row of the history is written, which may have been lost between the stores.
 */
export async function writeSessionChange(table: SessionTable, change: SessionChange, now: number): Promise<Outcome> {
  switch (change.kind) {
    case 'retract':
      return await retract(table, change, now)
    case 'restore':
      return await restore(table, change, now)
    case 'purge':
      return await purge(table, change)
    case 'forget':
      return await forget(table, change)
  }
}

async function retract({ client, tableName }: SessionTable, change: Retract, now: number): Promise<Outcome> {
  const refused = await refusal(client.send(new UpdateItemCommand(retractParams(tableName, change, now))))
  if (!('item' in refused)) return { result: 'applied' }
  const result = refusedResult(change, refused.item, now)
  return { result: result === 'repeated' ? 'applied' : result }
}

async function restore(table: SessionTable, change: Restore, now: number): Promise<Outcome> {
  const answer = await refusal(table.client.send(new UpdateItemCommand(restoreParams(table.tableName, change, now))))
  const [result, item] =
    'item' in answer
      ? ([refusedResult(change, answer.item, now), answer.item] as const)
      : (['applied', answer.Attributes] as const)
  if (item === undefined || (result !== 'applied' && result !== 'repeated')) return { result }
  const reading = { groupId: change.target.groupId, featureOrder: table.featureOrder, order: change.featureOrder }
  return { result: 'applied', version: await readVersion(item, reading) }
}

async function purge({ client, tableName }: SessionTable, change: Purge): Promise<Outcome> {
  const answer = await refusal(client.send(new DeleteItemCommand(purgeParams(tableName, change))))
  return { result: 'item' in answer ? 'absent' : 'applied' }
}

async function forget({ client, tableName }: SessionTable, change: Forget): Promise<Outcome> {
  const answer = await refusal(client.send(new UpdateItemCommand(forgetParams(tableName, change))))
  return { result: 'item' in answer ? 'absent' : 'applied' }
}

/** The answer, or the item that did not meet the condition. Throws any other error. */
async function refusal<Answer>(sent: Promise<Answer>): Promise<Answer | { item: Item | undefined }> {
  try {
    return await sent
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { item: error.Item }
    throw error
  }
}

function refusedResult(change: Retract | Restore, item: Item | undefined, now: number) {
  const result = precedence(change, item && readEnvelope(item), now)
  if (result !== 'applied') return result
  throw new Error(`DynamoDB refused to ${change.kind} a record, which the rules of precedence allow`)
}
