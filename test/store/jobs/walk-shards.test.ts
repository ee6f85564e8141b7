import { expect, it } from 'vitest'
import { isWalked, startOf, walkShards } from '../../../store/jobs/walk-shards.ts'
import type { ScanOptions } from '../../../store/online/online-store.ts'

it('a step walks a page of up to 16 shards, and all of them in the end', async () => {
  const scanned: ScanOptions[] = []
  const online = {
    scan(_: string, options: ScanOptions) {
      scanned.push(options)
      return { records: [], ...(options.after === undefined && { next: `${options.shard}` }) }
    },
  }
  let cursors = startOf(40)
  let steps = 0
  for (; !isWalked(cursors); steps++) {
    const before = scanned.length
    cursors = await walkShards({ groupId: 'g-40', cursors }, { online, limit: 10 }, () => {})
    expect(scanned.length - before).toBeLessThanOrEqual(16)
  }
  expect(steps).toBe(6)
  const pages = scanned.map(({ shard, after }) => `${shard} ${after ?? 'first'}`)
  const expected = Array.from({ length: 40 }, (_, shard) => [`${shard} first`, `${shard} ${shard}`]).flat()
  expect(pages.sort()).toEqual(expected.sort())
})
