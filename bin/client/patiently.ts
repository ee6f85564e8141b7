import { setTimeout } from 'node:timers/promises'
import { httpStatus, isConnectionFailure } from './failure.ts'

const WAIT_MS = 2_000
/** So often in a row the server may fail to answer: it may be starting again. */
const MAX_FAILURES = 10

/** Asks again while the server cannot be reached or is not able to answer. Throws when that lasts, and when aborted. */
export async function patiently<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  for (let failures = 1; ; failures++) {
    try {
      return await ask()
    } catch (error) {
      const isPassing = isConnectionFailure(error) || isServers(httpStatus(error))
      if (!isPassing || failures === MAX_FAILURES) throw error
      await setTimeout(WAIT_MS, undefined, { signal })
    }
  }
}

function isServers(status: number | undefined): boolean {
  return status !== undefined && (status >= 500 || status === 429)
}
