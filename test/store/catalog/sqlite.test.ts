import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { createCatalogTables, sqliteCatalog } from '../../../store/catalog/sqlite.ts'
import { catalogContract, featureGroup } from './catalog-contract.ts'

function openCatalog(path: string) {
  const db = new DatabaseSync(path)
  createCatalogTables(db)
  return { db, catalog: sqliteCatalog(db) }
}

describe('sqliteCatalog', () => {
  catalogContract(async () => openCatalog(':memory:').catalog)

  describe('in a file', () => {
    const directories: string[] = []
    afterEach(() => {
      for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
    })

    function newPath(): string {
      const directory = mkdtempSync(join(tmpdir(), 'cairn-catalog-'))
      directories.push(directory)
      return join(directory, 'catalog.db')
    }

    it('knows after reopening what it knew before', () => {
      const path = newPath()
      const before = openCatalog(path)
      before.catalog.create(featureGroup('kept'))
      before.catalog.replace(featureGroup('kept', { revision: 2, Description: 'changed' }))
      before.catalog.create(featureGroup('removed'))
      before.catalog.remove(featureGroup('removed'))
      const metadata = { revision: 1, FeatureName: 'id', Parameters: [], lastModifiedTime: 1 }
      before.catalog.replaceFeatureMetadata('id-of-kept', metadata)
      before.db.close()

      const { db, catalog } = openCatalog(path)
      const kept = featureGroup('kept', { revision: 2, Description: 'changed' })
      expect(catalog.list()).toEqual([kept])
      expect(catalog.get('kept')).toEqual(kept)
      expect(catalog.get('kept')).toBe(catalog.get('kept'))
      expect(catalog.get('removed')).toBeUndefined()
      expect(catalog.getById('id-of-removed')).toEqual(featureGroup('removed'))
      expect(catalog.getFeatureMetadata('id-of-kept', 'id')).toEqual(metadata)
      expect(catalog.create(featureGroup('kept', { groupId: 'second' }))).toBe(false)
      db.close()
    })
  })
})
