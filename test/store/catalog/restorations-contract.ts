import { describe, expect, it } from 'vitest'
import type { Restorations } from '../../../store/catalog/restorations.ts'
import type { Restoration } from '../../../store/restores/restoration.ts'

const STARTED = 1_700_000_000_000

/** A restore as it is when it was accepted. */
export function restoration(id: string, more: Partial<Restoration> = {}): Restoration {
  return {
    id,
    revision: 1,
    groupId: 'id-of-orders',
    featureGroupName: 'orders',
    ignored: ['a session', 'Zürich ✓'],
    doesReplace: false,
    actor: 'arn:aws:iam::123456789012:user/ada',
    status: 'Processing',
    startedAt: STARTED,
    updatedAt: STARTED,
    phase: 'wait',
    cursors: [{ isDone: false }],
    counts: {
      rowsRead: 0,
      recordsWritten: 0,
      tombstones: 0,
      recordsKept: 0,
      recordsExpired: 0,
      recordsRemoved: 0,
    },
    ...more,
  }
}

/** What every catalog of restores does. `open` opens an empty one. */
export function restorationsContract(open: () => Promise<Restorations>): void {
  describe('the restores of a catalog', () => {
    it('are given back as they were created', async () => {
      const restorations = await open()
      expect(await restorations.create(restoration('a'))).toBe(true)
      expect(await restorations.get('a')).toEqual(restoration('a'))
      expect(await restorations.get('A')).toBeUndefined()
      expect(await restorations.get('constructor')).toBeUndefined()
    })

    it('are one at a time for a group, and the first of an id stays', async () => {
      const restorations = await open()
      await restorations.create(restoration('a'))
      expect(await restorations.create(restoration('b'))).toBe(false)
      expect(await restorations.get('b')).toBeUndefined()
      expect(await restorations.create(restoration('a', { groupId: 'another' }))).toBe(false)
      expect(await restorations.current('another')).toBeUndefined()
      expect(await restorations.create(restoration('c', { groupId: 'another' }))).toBe(true)
      expect(await restorations.current('id-of-orders')).toBe('a')
      expect(await restorations.current('another')).toBe('c')
    })

    it('change only from the revision before', async () => {
      const restorations = await open()
      await restorations.create(restoration('a'))
      const second = restoration('a', { revision: 2, phase: 'survey' })
      expect(await restorations.replace(second)).toBe(true)
      expect(await restorations.replace({ ...second, phase: 'tidy' })).toBe(false)
      expect(await restorations.replace(restoration('a', { revision: 4 }))).toBe(false)
      expect(await restorations.replace(restoration('none', { revision: 2 }))).toBe(false)
      expect(await restorations.get('a')).toEqual(second)
      expect(await restorations.get('none')).toBeUndefined()
    })

    it('are found as long as they are under way', async () => {
      const restorations = await open()
      expect(await restorations.underWay()).toEqual([])
      for (const id of ['a', 'b', 'c']) await restorations.create(restoration(id, { groupId: `group of ${id}` }))
      const changed = restoration('b', { groupId: 'group of b', revision: 2, phase: 'replay' })
      await restorations.replace(changed)
      const ended = restoration('c', { groupId: 'group of c', revision: 2, status: 'Failed', endedAt: STARTED + 1 })
      await restorations.replace(ended)
      expect(await restorations.underWay()).toEqual([restoration('a', { groupId: 'group of a' }), changed])
    })

    it('make way for the next one of the group when they have ended', async () => {
      const restorations = await open()
      await restorations.create(restoration('a'))
      await restorations.replace(restoration('a', { revision: 2, status: 'Completed', endedAt: STARTED + 1 }))
      expect(await restorations.current('id-of-orders')).toBeUndefined()
      expect(await restorations.create(restoration('b'))).toBe(true)
      expect(await restorations.current('id-of-orders')).toBe('b')
      expect((await restorations.get('a'))?.status).toBe('Completed')
    })
  })
}
