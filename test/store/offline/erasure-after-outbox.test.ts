import { SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, expect, it } from 'vitest'
import { sqsJobQueue } from '../../../store/jobs/sqs.ts'
import { erasureAfterOutbox } from '../../../store/offline/erasure-after-outbox.ts'
import type { HistoryErasure } from '../../../store/offline/history-erasure.ts'
import { sqsOutboxWaiting } from '../../../store/offline/outbox-waiting-sqs.ts'
import { CLIENT } from '../../aws/dynalite.ts'
import { startSqs } from '../../aws/sqs-endpoint.ts'
import { featureGroup } from '../catalog/catalog-contract.ts'

const closings: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closings.splice(0)) await close()
})

async function open() {
  const sqs = await startSqs()
  const client = new SQSClient({ ...CLIENT, endpoint: sqs.endpoint, maxAttempts: 1 })
  closings.push(sqs.close, () => client.destroy())
  const states: (string | undefined)[] = []
  const erasure: HistoryErasure = {
    async step(_, __, state) {
      states.push(state)
      return { state: 'begun', afterMs: 0 }
    },
  }
  const { queueUrl } = sqs
  return {
    sqs,
    client,
    queueUrl,
    states,
    erasure: erasureAfterOutbox(erasure, () => sqsOutboxWaiting(client, queueUrl)),
  }
}

const group = featureGroup('people')
const scope = { session: 's', writtenBefore: 0, filter: [] }

it('an erasure begins when nothing waits in the outbox, and then goes on whatever does', async () => {
  const { sqs, client, queueUrl, states, erasure } = await open()
  const queue = sqsJobQueue(client, queueUrl)
  await queue.enqueue({ kind: 'delete-session', groupId: 'a' })
  const waiting = await erasure.step(group, scope)
  expect(waiting).toEqual({ state: expect.any(String), afterMs: 60_000 })
  if (!('state' in waiting)) throw new Error('the erasure did not wait')
  const [received] = sqs.receive(1)
  expect(await erasure.step(group, scope, waiting.state)).toEqual(waiting)
  expect(states).toEqual([])
  sqs.remove(received?.messageId ?? '')
  expect(await erasure.step(group, scope, waiting.state)).toEqual({ state: 'begun', afterMs: 0 })
  await queue.enqueue({ kind: 'delete-session', groupId: 'a' })
  await erasure.step(group, scope, 'begun')
  expect(states).toEqual([undefined, 'begun'])
})

it('an erasure does not begin when nobody can say what waits', async () => {
  const { client, states } = await open()
  const erasure = erasureAfterOutbox({ step: async () => ({ state: '', afterMs: 0 }) }, () =>
    sqsOutboxWaiting(client, 'https://sqs.us-east-1.amazonaws.com/1/none'),
  )
  await expect(erasure.step(group, scope)).rejects.toThrow('outbox')
  expect(states).toEqual([])
})
