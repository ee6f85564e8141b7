import { afterAll, beforeEach, describe, expect } from 'vitest'
import type { OfflineStore } from '../../store/offline/offline-store.ts'
import { dynamoOnlineStore } from '../../store/online/dynamodb.ts'
import type { HistoryRow, Result } from '../../store/records/change.ts'
import type { RecordWriter } from '../../store/stores.ts'
import { writeThrough } from '../../store/write-through.ts'
import { createTable } from '../aws/dynalite.ts'
import { startDynamodb } from '../aws/dynamodb.ts'
import { ACCEPTED, FEATURE_ORDER, featuresText, put, restore, retract, SESSION } from './online/changes.ts'
import { type Differences, itUnlessDifferent } from './online/differences.ts'

const dynamodb = await startDynamodb()
afterAll(async () => {
  await dynamodb.close()
})

const reason = 'dynalite does not give the item that failed a condition, so a repeated change is not known'
const REPEATS = 'writes the rows of a repeated change that found no place before'
const DIFFERENCES: Differences = dynamodb.isDynalite ? { [REPEATS]: reason } : {}

describe('what a delete session writes through', () => {
  const it = itUnlessDifferent(DIFFERENCES)
  let writer: RecordWriter
  let rows: HistoryRow[]
  let isFull: boolean
  beforeEach(async () => {
    const client = dynamodb.client()
    const online = dynamoOnlineStore({
      client,
      tableName: await createTable(client),
      featureOrder: () => FEATURE_ORDER,
      onUnprocessed: (cause) => expect.unreachable(String(cause)),
    })
    const history: OfflineStore = {
      append(some) {
        if (isFull) return some
        rows.push(...some)
        return []
      },
    }
    rows = []
    isFull = false
    writer = writeThrough({ online, history, outbox: history, now: () => ACCEPTED })
    await writer.write([put('a', 5, 'x')])
    rows.length = 0
  })

  async function result(change: Parameters<RecordWriter['write']>[0][number]): Promise<Result | undefined> {
    return (await writer.write([change]))[0]?.result
  }

  it('is a marker of the session, and the record again after an undo', async () => {
    expect(await result({ ...retract('a', 5), receivedAt: 1 })).toBe('applied')
    expect(await result({ ...restore('a'), receivedAt: 2 })).toBe('applied')
    const both = { identifier: 'a', eventTime: 5_000_000n, eventTimeText: '5', writeTime: ACCEPTED }
    expect(rows).toMatchObject([
      { ...both, isDeleted: true, features: null, deletionSession: SESSION, apiInvocationTime: 1 },
      { ...both, isDeleted: false, features: featuresText('a', 'x'), apiInvocationTime: 2 },
    ])
    expect(rows[1]).not.toHaveProperty('deletionSession')
  })
  it(REPEATS, async () => {
    isFull = true
    expect(await result(retract('a', 5))).toBe('unprocessed')
    isFull = false
    expect(await result(retract('a', 5))).toBe('applied')
    isFull = true
    expect(await result(restore('a'))).toBe('unprocessed')
    isFull = false
    expect(await result(restore('a'))).toBe('applied')
    expect(rows).toMatchObject([
      { isDeleted: true, deletionSession: SESSION },
      { isDeleted: false, features: featuresText('a', 'x') },
    ])
  })
})
