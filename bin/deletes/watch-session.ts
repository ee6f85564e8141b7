import { setTimeout } from 'node:timers/promises'
import { patiently } from '../client/patiently.ts'
import type { DeleteSessions, SessionStatus } from './delete-sessions.ts'
import { sessionBar } from './session-bar.ts'

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 1_000
const UNDER_WAY = new Set(['processing', 'undoing'])

export interface Watch {
  sessions: DeleteSessions
  name: string
  /** The number of records that the session is about, if that is known. */
  total: number | undefined
  signal: AbortSignal
}

/** Shows how far a session has come until it ends; its status then. Throws when the server no longer answers. */
export async function watchSession({ sessions, name, total, signal }: Watch): Promise<SessionStatus> {
  const bar = sessionBar({ total, isShown: process.stderr.isTTY })
  try {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      const session = await patiently(() => sessions.get(name), signal)
      if (!UNDER_WAY.has(session.status)) return session
      bar.update(session)
      await setTimeout(waitMs, undefined, { signal })
    }
  } finally {
    bar.stop()
  }
}
