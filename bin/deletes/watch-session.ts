import { setTimeout } from 'node:timers/promises'
import { httpStatus, isConnectionFailure } from '../client/failure.ts'
import type { DeleteSessions, SessionStatus } from './delete-sessions.ts'
import { sessionBar } from './session-bar.ts'

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 1_000
/** How long until a server that did not answer is asked again. */
const RETRY_MS = 2_000
/** So often in a row the server may fail to answer: it may be starting again. */
const MAX_FAILURES = 10
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

/** Asks again while the server cannot be reached or is not able to answer. */
async function patiently<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  for (let failures = 1; ; failures++) {
    try {
      return await ask()
    } catch (error) {
      const isPassing = isConnectionFailure(error) || isServers(httpStatus(error))
      if (!isPassing || failures === MAX_FAILURES) throw error
      await setTimeout(RETRY_MS, undefined, { signal })
    }
  }
}

function isServers(status: number | undefined): boolean {
  return status !== undefined && (status >= 500 || status === 429)
}
