import { setTimeout } from 'node:timers/promises'
import { call } from '../client/call.ts'
import type { Connection } from '../client/connection.ts'
import { patiently } from '../client/patiently.ts'
import { post } from '../client/post.ts'
import { interruptible } from '../history/interruptible.ts'
import { percentBar } from '../history/percent-bar.ts'
import { print } from '../output.ts'

export interface RestoreRequest {
  FeatureGroupName: string
  AsOf?: string
  IgnoreDelete?: string[]
  Replace?: boolean
}

/** What is needed of a restore's status; the API answers more. */
interface RestoreStatus {
  RestoreId: string
  Status: 'Processing' | 'Completed' | 'Failed'
  RowsTotal: number | null
  RowsRead: number
  Error: string | null
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000

/**
 * Has the server restore a group, and prints the status at the end. Answers the exit status: 0, or that of a signal,
 * which ends the waiting and not the restore. Throws for a restore that failed.
 */
export async function restoreGroup(connection: Connection, request: RestoreRequest): Promise<number> {
  const { RestoreId } = (await post(connection, '/restore', request)) as RestoreStatus
  let ended: RestoreStatus | undefined
  const exitStatus = await interruptible(async (signal) => {
    ended = await awaitEnd(connection, RestoreId, signal)
  })
  if (ended === undefined) {
    process.stderr.write(`cairn: restore ${RestoreId} goes on; GET /restore/${RestoreId} tells how far it is\n`)
    return exitStatus
  }
  await print(`${JSON.stringify(ended, null, 2)}\n`)
  if (ended.Status === 'Completed') return exitStatus
  throw new Error(`restore ${RestoreId} has failed: ${ended.Error}`)
}

async function awaitEnd(connection: Connection, id: string, signal: AbortSignal): Promise<RestoreStatus> {
  const ask = () => call(connection, { method: 'GET', path: `/restore/${id}` }) as Promise<RestoreStatus>
  const bar = percentBar('restoring', process.stderr.isTTY)
  try {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      const status = await patiently(ask, signal)
      if (status.Status !== 'Processing') return status
      if (status.RowsTotal !== null) bar.update((100 * status.RowsRead) / Math.max(1, status.RowsTotal))
      await setTimeout(waitMs, undefined, { signal })
    }
  } finally {
    bar.stop()
  }
}
