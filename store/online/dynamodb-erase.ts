import { ConditionalCheckFailedException, DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { callFailure } from '../calls/call-failure.ts'
import { concurrently } from '../calls/concurrently.ts'
import { keyItem } from './dynamodb-item.ts'
import { onlineKey } from './keys.ts'

const MAX_IN_FLIGHT = 16
/** An item of before writing times were kept counts as written at 0. */
const IS_WRITTEN_BY = 'attribute_not_exists(w) OR w <= :by'

/**
 * Removes what lies in the table of these records, live or not, and was written by that time (milliseconds since the
 * epoch); answers of how many something was there. Throws ServiceUnavailable when DynamoDB does not answer.
 */
export function dynamodbEraser(client: DynamoDBClient, tableName: string) {
  async function erase(groupId: string, identifier: string, writtenBy: number): Promise<boolean> {
    const command = new DeleteItemCommand({
      TableName: tableName,
      Key: keyItem(onlineKey(groupId, identifier)),
      ConditionExpression: IS_WRITTEN_BY,
      ExpressionAttributeValues: { ':by': { N: String(writtenBy) } },
      ReturnValues: 'ALL_OLD',
    })
    try {
      return (await client.send(command)).Attributes !== undefined
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      throw callFailure('erase a record', error)
    }
  }

  return async (groupId: string, identifiers: string[], writtenBy: number): Promise<number> => {
    const erased = await concurrently(identifiers, MAX_IN_FLIGHT, (each) => erase(groupId, each, writtenBy))
    return erased.filter(Boolean).length
  }
}
