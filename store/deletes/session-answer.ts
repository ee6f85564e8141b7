import type { DeleteSession } from './delete-session.ts'

/** What kdb Insights answers to a delete: these keys in this order. */
export interface SessionAnswer {
  name: string
  updtype: 'delete'
  status: DeleteSession['status']
  error: string[]
}

export function sessionAnswer({ name, status, error }: DeleteSession): SessionAnswer {
  return { name, updtype: 'delete', status, error }
}

/** The whole status of a session; times are ISO 8601. */
export function sessionStatus(session: DeleteSession) {
  const { table, mode, acceptedAt, updatedAt, undoUntil, counts, actor, ledger, erasure, payloadsRemovedAt } = session
  return {
    ...sessionAnswer(session),
    table,
    mode,
    acceptedAt: iso(acceptedAt),
    updatedAt: iso(updatedAt),
    undoUntil: undoUntil === undefined ? null : iso(undoUntil),
    matched: counts.matched,
    deleted: counts.deleted,
    conflicts: counts.conflicts,
    later: counts.later,
    actor,
    restored: counts.restored,
    ledger: ledger.map((entry) => ({ ...entry, at: iso(entry.at) })),
    ...(payloadsRemovedAt !== undefined && { payloadsRemovedAt: iso(payloadsRemovedAt) }),
    ...(erasure !== undefined && {
      erasure: { ...erasure, removedAt: iso(erasure.removedAt), verifiedAt: iso(erasure.verifiedAt) },
    }),
  }
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
