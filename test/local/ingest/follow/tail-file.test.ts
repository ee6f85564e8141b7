import { truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Checkpoint } from '../../../../local/ingest/follow/checkpoint.ts'
import type { Place } from '../../../../local/ingest/follow/place.ts'
import { tailFile } from '../../../../local/ingest/follow/tail-file.ts'
import { temporaryDirectory } from '../../../bin/temporary-directory.ts'

const FIRST = 'id,n\n1,1\n'
/** Its second row begins where the first content ends. */
const ANEW = 'n,id\n2,2\n3,3\n'
/** So long after `ANEW` has come whole, rows that come are rows too many. */
const MORE_MS = 500
const MAX_WAIT_MS = 50_000

interface Moments {
  /** When the rows of the file's first content have been read, and are not written yet. */
  onRows?: (path: string) => void
  /** When the checkpoint of them is on its way to disk. */
  onSave?: (path: string) => void
}

/** Every row that is followed while something happens to the file once. */
async function follow({ onRows, onSave }: Moments): Promise<string[]> {
  const path = join(temporaryDirectory(), 'in.csv')
  writeFileSync(path, FIRST)
  const places = new Map<string, Place>()
  let saves = 0
  const stop = new AbortController()
  const checkpoint: Checkpoint = {
    places,
    async save() {
      saves += 1
      if (saves === 1) onSave?.(path)
      if (places.get(basename(path))?.byte === ANEW.length) setTimeout(() => stop.abort(), MORE_MS)
    },
  }
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(MAX_WAIT_MS)])
  const seen: string[] = []
  for await (const { rows } of tailFile(path, { format: 'csv', checkpoint, signal })) {
    for await (const row of rows) seen.push(row.json())
    if (seen.length === 1) onRows?.(path)
  }
  return seen
}

function writeAnew(path: string): void {
  truncateSync(path)
  writeFileSync(path, ANEW, { flag: 'a' })
}

describe('a followed file that is cut off and written anew', () => {
  it.each([
    ['while its rows are written', { onRows: writeAnew }],
    ['while the checkpoint is saved', { onSave: writeAnew }],
  ])('is read from its start: %s', async (_, moments) => {
    expect(await follow(moments)).toEqual(['{"id":"1","n":"1"}', '{"n":"2","id":"2"}', '{"n":"3","id":"3"}'])
  })
})
