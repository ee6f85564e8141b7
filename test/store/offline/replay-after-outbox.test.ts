import { expect, it } from 'vitest'
import type { HistoryReplay, ReplayScope } from '../../../store/offline/history-replay.ts'
import { replayAfterOutbox } from '../../../store/offline/replay-after-outbox.ts'
import { featureGroup } from '../catalog/catalog-contract.ts'

const group = featureGroup('people')
const scope: ReplayScope = { id: 'a', startedAt: 0, ignored: [], removing: [], undone: [] }

it('begins to extract when nothing waits in the outbox, and goes on whatever comes there later', async () => {
  const seen: (string | undefined)[] = []
  const replay: HistoryReplay = {
    step: async (_, __, state) => {
      seen.push(state)
      return { state: 'begun', afterMs: 1 }
    },
    read: async () => ({ records: [] }),
    discard: async () => {},
  }
  let waiting = 2
  const after = replayAfterOutbox(replay, async () => waiting)
  const first = await after.step(group, scope)
  expect(first).toEqual({ state: expect.any(String), afterMs: 60_000 })
  expect(await after.step(group, scope, first.state)).toEqual(first)
  expect(seen).toEqual([])
  waiting = 0
  expect(await after.step(group, scope, first.state)).toEqual({ state: 'begun', afterMs: 1 })
  waiting = 5
  await after.step(group, scope, 'begun')
  expect(seen).toEqual([undefined, 'begun'])
})
