import { DatabaseSync } from 'node:sqlite'
import { describe } from 'vitest'
import { createRestorationTables, sqliteRestorations } from '../../../store/catalog/restorations-sqlite.ts'
import { restorationsContract } from './restorations-contract.ts'

describe('sqliteRestorations', () => {
  restorationsContract(async () => {
    const db = new DatabaseSync(':memory:')
    createRestorationTables(db)
    return sqliteRestorations(db)
  })
})
