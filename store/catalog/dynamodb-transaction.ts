import { randomUUID } from 'node:crypto'
import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionInProgressException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { ApiError } from '../api-error.ts'
import { backoff } from '../calls/backoff.ts'
import { callFailure } from '../calls/call-failure.ts'

const MAX_ATTEMPTS = 12
const BACKOFF_MS = 20

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html, cancellation reasons. */
const PASSING = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])

type Outcome = 'written' | 'refused' | 'conflict' | 'underway'

/**
 * Makes all of the writes or none; false when a condition of theirs is not met. An answer that was lost does no harm:
 * DynamoDB knows a transaction again by its token. Throws ServiceUnavailable when DynamoDB does not answer, and when
 * others keep writing to the same items.
 */
export async function writeTogether(client: DynamoDBClient, items: TransactWriteItem[]): Promise<boolean> {
  let token = randomUUID()
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (attempt > 0) await backoff(attempt - 1, BACKOFF_MS)
    const outcome = await write(client, items, token)
    if (outcome === 'written') return true
    if (outcome === 'refused') return false
    // What was cancelled is over, and another transaction; what is under way must stay the same one.
    if (outcome === 'conflict') token = randomUUID()
  }
  throw new ApiError('ServiceUnavailable', 'could not write to the catalog while others do; try again')
}

async function write(client: DynamoDBClient, items: TransactWriteItem[], token: string): Promise<Outcome> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: items, ClientRequestToken: token }))
    return 'written'
  } catch (error) {
    if (error instanceof TransactionInProgressException) return 'underway'
    const codes = error instanceof TransactionCanceledException ? cancellationCodes(error) : []
    if (codes.includes('ConditionalCheckFailed')) return 'refused'
    if (codes.length > 0 && codes.every((code) => PASSING.has(code))) return 'conflict'
    throw callFailure('write to the catalog', error)
  }
}

function cancellationCodes({ CancellationReasons = [] }: TransactionCanceledException): string[] {
  return CancellationReasons.flatMap(({ Code }) => (Code === undefined || Code === 'None' ? [] : [Code]))
}
