import type { DatabaseSync } from 'node:sqlite'
import type { Change, Outcome, SessionChange, Version } from '../records/change.ts'
import type { ScannedRecord } from './online-store.ts'
import { payloadText, readPayload } from './sqlite-record.ts'

/** True for what a delete session does to a record. */
export function isSessionChange(change: Change): change is SessionChange {
  return 'session' in change
}

/** A record as it lies in the table, and its key there. */
interface Stored {
  id: number
  record: ScannedRecord
}

/** Makes the changes of delete sessions that the rules of `precedence` allow, to records of the online store. */
export function sqliteSessionChanges(db: DatabaseSync) {
  const hide = db.prepare(
    `UPDATE records SET features = NULL, expires_at = NULL, ttl_seconds = NULL, written_at = ?, session = ?, hidden = ?
     WHERE id = ?`,
  )
  const show = db.prepare(
    `UPDATE records SET features = ?, expires_at = ?, ttl_seconds = ?, written_at = ?, hidden = NULL WHERE id = ?`,
  )
  const payload = db.prepare('SELECT hidden FROM records WHERE id = ?')
  const forget = db.prepare('UPDATE records SET hidden = NULL WHERE id = ?')
  const remove = db.prepare('DELETE FROM records WHERE id = ?')

  function restore({ id, record }: Stored, now: number): Version {
    const { features, expiresAt, ttlSeconds } = readPayload(String(payload.get(id)?.['hidden']))
    show.run(features, expiresAt ?? null, ttlSeconds ?? null, now, id)
    const { identifier, eventTime, eventTimeText } = record
    return {
      identifier,
      eventTime,
      eventTimeText,
      features,
      ...(expiresAt !== undefined && { expiresAt }),
      ...(ttlSeconds !== undefined && { ttlSeconds }),
    }
  }

  return (change: SessionChange, stored: Stored, now: number): Outcome => {
    switch (change.kind) {
      case 'retract':
        hide.run(now, change.session, payloadText(stored.record), stored.id)
        break
      case 'restore':
        return { result: 'applied', version: restore(stored, now) }
      case 'purge':
        remove.run(stored.id)
        break
      case 'forget':
        forget.run(stored.id)
        break
    }
    return { result: 'applied' }
  }
}
