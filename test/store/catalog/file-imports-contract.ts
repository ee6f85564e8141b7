import { describe, expect, it } from 'vitest'
import type { FileImports } from '../../../store/catalog/file-imports.ts'
import { type FileImport, type ImportPart, NO_ROWS } from '../../../store/imports/file-import.ts'

const STARTED = 1_700_000_000_000

/** An import as it is when its file was put. */
export function fileImport(id: string, more: Partial<FileImport> = {}): FileImport {
  return {
    id,
    revision: 1,
    object: { key: 'ingest/orders/Zürich ✓.csv', etag: 'e', version: 'v', bytes: 7 },
    featureGroupName: 'orders',
    status: 'Processing',
    phase: 'split',
    parts: 0,
    counts: NO_ROWS,
    startedAt: STARTED,
    updatedAt: STARTED,
    ...more,
  }
}

function part(importId: string, index: number, more: Partial<ImportPart> = {}): ImportPart {
  const at = { byte: 0, line: 1 }
  return { importId, index, revision: 1, at, end: 7, counts: NO_ROWS, refusals: [], isDone: false, ...more }
}

/** What every ledger of files does. `open` opens an empty one. */
export function fileImportsContract(open: () => Promise<FileImports>): void {
  describe('the imports of a ledger', () => {
    it('are given back as they were created, the first of an id', async () => {
      const imports = await open()
      expect(await imports.create(fileImport('a'))).toBe(true)
      expect(await imports.create(fileImport('a', { featureGroupName: 'another' }))).toBe(false)
      expect(await imports.get('a')).toEqual(fileImport('a'))
      expect(await imports.get('b')).toBeUndefined()
    })

    it('change only from the revision before', async () => {
      const imports = await open()
      await imports.create(fileImport('a'))
      const second = fileImport('a', { revision: 2, phase: 'load' })
      expect(await imports.replace(second)).toBe(true)
      expect(await imports.replace({ ...second, phase: 'tidy' })).toBe(false)
      expect(await imports.replace(fileImport('a', { revision: 4 }))).toBe(false)
      expect(await imports.replace(fileImport('none', { revision: 2 }))).toBe(false)
      expect(await imports.get('a')).toEqual(second)
      expect(await imports.get('none')).toBeUndefined()
    })
  })

  describe('the parts of an import in a ledger', () => {
    it('are those of it alone, in their order, each as it was first created', async () => {
      const imports = await open()
      for (const index of [10, 2, 0]) await imports.createPart(part('a', index))
      await imports.createPart(part('b', 1))
      await imports.createPart(part('a', 2, { end: 9 }))
      expect(await imports.parts('a')).toEqual([part('a', 0), part('a', 2), part('a', 10)])
      expect(await imports.part('a', 2)).toEqual(part('a', 2))
      expect(await imports.part('a', 1)).toBeUndefined()
    })

    it('change only from the revision before', async () => {
      const imports = await open()
      await imports.createPart(part('a', 0))
      const second = part('a', 0, { revision: 2, refusals: ['0-x'], isDone: true })
      expect(await imports.replacePart(second)).toBe(true)
      expect(await imports.replacePart({ ...second, isDone: false })).toBe(false)
      expect(await imports.replacePart(part('a', 1, { revision: 2 }))).toBe(false)
      expect(await imports.parts('a')).toEqual([second])
    })

    it('are removed together, and those of others stay', async () => {
      const imports = await open()
      for (let index = 0; index < 40; index++) await imports.createPart(part('a', index))
      await imports.createPart(part('b', 0))
      await imports.removeParts('a')
      await imports.removeParts('a')
      expect(await imports.parts('a')).toEqual([])
      expect(await imports.parts('b')).toEqual([part('b', 0)])
    })
  })
}
