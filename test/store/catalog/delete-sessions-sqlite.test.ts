import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { createDeleteSessionTables, sqliteDeleteSessions } from '../../../store/catalog/delete-sessions-sqlite.ts'
import { deleteSession, deleteSessionsContract } from './delete-sessions-contract.ts'

function open(path = ':memory:') {
  const db = new DatabaseSync(path)
  createDeleteSessionTables(db)
  return { db, sessions: sqliteDeleteSessions(db) }
}

describe('sqliteDeleteSessions', () => {
  deleteSessionsContract(async () => open().sessions)

  it('knows after reopening what it knew before', () => {
    const directory = mkdtempSync(join(tmpdir(), 'cairn-delete-sessions-'))
    const path = join(directory, 'catalog.db')
    const before = open(path)
    before.sessions.create(deleteSession('a', { turn: '1', undoUntil: 5 }))
    before.db.close()
    const { db, sessions } = open(path)
    const kept = deleteSession('a', { turn: '1', undoUntil: 5 })
    expect(sessions.create(kept)).toBe(false)
    expect(sessions.list({ limit: 10 })).toEqual({ sessions: [kept] })
    expect(sessions.current(kept.groupId)).toBe('a')
    expect(sessions.due(5, 1)).toEqual([kept])
    db.close()
    rmSync(directory, { recursive: true })
  })
})
