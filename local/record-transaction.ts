import type { DatabaseSync } from 'node:sqlite'
import { createLogTables, type FeatureNames, sqliteLog } from '../store/offline/sqlite-log.ts'
import { createOnlineTables, sqliteOnlineStore } from '../store/online/sqlite.ts'
import { type Change, historyRows, type Outcome } from '../store/records/change.ts'
import { asError } from './as-error.ts'
import { addLaterColumns } from './later-columns.ts'

/** What one request asks to be written. */
export type Command =
  | { changes: Change[] }
  | { removeGroup: string; limit: number }
  | { trimLog: number; limit: number }
  | { erase: string[]; groupId: string }

/** What became of a command: the outcomes of its changes, whether it removed records, or why nothing of it was made. */
export type Answer =
  | { outcomes: Outcome[] }
  | { removed: boolean }
  | { online: number; logged: number }
  | { error: Error }

/**
 * Runs commands on the online store and on the log of its history in one transaction: the changes of each are in both
 * or in neither. A command that fails does not take the others with it.
 */
export function recordTransaction(db: DatabaseSync, featureNames?: FeatureNames) {
  addLaterColumns(db)
  createOnlineTables(db)
  createLogTables(db)
  const online = sqliteOnlineStore(db)
  const log = sqliteLog(db, featureNames)

  function make(command: Command, now: number): Answer {
    if ('removeGroup' in command) return { removed: online.removeGroup(command.removeGroup, command.limit) }
    if ('trimLog' in command) return { removed: log.trim(command.trimLog, command.limit) }
    if ('erase' in command) {
      const { groupId, erase } = command
      return { online: online.erase(groupId, erase), logged: log.erase(groupId, erase) }
    }
    const { changes } = command
    const outcomes = online.apply(changes, now)
    for (const [index, change] of changes.entries()) {
      const outcome = outcomes[index]
      if (outcome !== undefined) log.append(historyRows(change, outcome, now))
    }
    return { outcomes }
  }

  function commit(commands: Command[], now: number): Answer[] {
    db.exec('BEGIN IMMEDIATE')
    try {
      const answers = commands.map((command) => make(command, now))
      db.exec('COMMIT')
      return answers
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }

  function attempt(commands: Command[], now: number): Answer[] {
    try {
      return commit(commands, now)
    } catch (error) {
      if (commands.length > 1) return commands.flatMap((command) => attempt([command], now))
      return [{ error: asError(error) }]
    }
  }

  return attempt
}
