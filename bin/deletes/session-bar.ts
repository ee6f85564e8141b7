import cliProgress from 'cli-progress'
import type { SessionStatus } from './delete-sessions.ts'

const COUNTS = {
  processing: '{matched} matched, {deleted} deleted, {conflicts} conflicts, {later} later',
  undoing: '{restored} of {deleted} restored',
} as const
const PHASES = { processing: 'deleting', undoing: 'restoring' } as const

/**
 * What a session has come to, in a line on stderr: with a bar when `total`, the number of records that it is about, is
 * known. Nothing at all unless `isShown`.
 */
export function sessionBar({ total, isShown }: { total: number | undefined; isShown: boolean }) {
  let bar: cliProgress.SingleBar | undefined
  return {
    update(session: SessionStatus): void {
      if (!isShown) return
      bar ??= startBar(session, total)
      bar.update(doneOf(session), { ...session })
    },
    stop: () => bar?.stop(),
  }
}

function startBar(session: SessionStatus, total: number | undefined): cliProgress.SingleBar {
  const phase = session.status === 'undoing' ? 'undoing' : 'processing'
  const scale = total === undefined ? '' : ' {bar} {percentage}%'
  const format = `${PHASES[phase]}${scale} | ${COUNTS[phase]} | {duration_formatted}`
  const options = { format, clearOnComplete: true, hideCursor: true }
  const bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic)
  bar.start(Math.max(1, total ?? 1), 0, { ...session })
  return bar
}

function doneOf({ status, restored, deleted, conflicts }: SessionStatus): number {
  return status === 'undoing' ? restored : deleted + conflicts
}
