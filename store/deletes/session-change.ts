import type { DeleteSession, DeleteStatus } from './delete-session.ts'

export interface StatusChange {
  status: DeleteStatus
  actor: string
  reason?: string
  now: number
}

/** The session with another status, which its ledger tells of. */
export function withStatus(session: DeleteSession, { status, actor, reason, now }: StatusChange): DeleteSession {
  const entry = { status, at: now, actor, ...(reason !== undefined && { reason }) }
  return { ...session, status, updatedAt: now, ledger: [...session.ledger, entry] }
}

/** The session without a turn: nothing more is to be done for it. */
export function withoutTurn({ turn: _, completionDueAt: __, ...session }: DeleteSession): DeleteSession {
  return session
}

/** The place of a session that is accepted now in the order of its group: after those that were before it. */
export function turnAt(now: number, name: string): string {
  return `${String(now).padStart(15, '0')}#${name}`
}

/** The session at the beginning of another phase. */
export function inPhase(session: DeleteSession, phase: DeleteSession['phase']): DeleteSession {
  return { ...session, phase, cursors: session.cursors.map(() => ({ isDone: false })) }
}
