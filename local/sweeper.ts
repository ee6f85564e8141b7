import type { ExpiredRecord } from '../store/online/sqlite.ts'
import { removeExpired } from '../store/records/expiry.ts'
import type { Stores } from '../store/stores.ts'

const RECORDS_PER_SWEEP = 1_000

export interface SweeperOptions {
  /** Up to `limit` records that have expired by `now`. */
  expired: (now: number, limit: number) => ExpiredRecord[]
  intervalMs: number
  onError: (error: unknown) => void
}

/** Removes expired records again and again until it is stopped. Readers do not see them in any case. */
export function startSweeper(stores: Stores, { expired, intervalMs, onError }: SweeperOptions) {
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> = Promise.resolve()
  let isStopped = false

  async function sweep(): Promise<void> {
    const found = expired(stores.now(), RECORDS_PER_SWEEP)
    await removeExpired(stores, found)
    schedule(found.length === RECORDS_PER_SWEEP ? 0 : intervalMs)
  }

  function schedule(delayMs: number): void {
    if (isStopped) return
    timer = setTimeout(() => {
      sweeping = sweep().catch((error: unknown) => {
        onError(error)
        schedule(intervalMs)
      })
    }, delayMs).unref()
  }

  schedule(intervalMs)
  return {
    async stop(): Promise<void> {
      isStopped = true
      clearTimeout(timer)
      await sweeping
    },
  }
}
