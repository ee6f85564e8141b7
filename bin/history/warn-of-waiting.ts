import type { Histories } from '../../local/history/histories.ts'

/** Says on stderr that rows wait, of which no query knows yet. */
export function warnOfWaiting(histories: Histories): void {
  const waiting = histories.waiting()
  if (waiting === 0) return
  const rows = waiting === 1 ? '1 row waits' : `${waiting} rows wait`
  process.stderr.write(`cairn: ${rows} in the log and in no table yet; "cairn flush" commits them now\n`)
}
