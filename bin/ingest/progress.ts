import cliProgress from 'cli-progress'

const FORMAT = '{phase} {bar} {percentage}% | {rows} rows | {rate} rows/s | {left} left'
const REDRAW_MS = 100

/** A progress bar on stderr over the bytes of a file; nothing at all unless `isShown`. */
export function makeProgress(totalBytes: number, isShown: boolean) {
  let bar: cliProgress.SingleBar | undefined
  let startedAt = 0
  let drawnAt = 0

  return {
    /** Begins again with an empty bar. */
    start(phase: string): void {
      if (!isShown) return
      bar?.stop()
      bar = new cliProgress.SingleBar(
        { format: FORMAT, clearOnComplete: true, hideCursor: true },
        cliProgress.Presets.shades_classic,
      )
      bar.start(totalBytes, 0, { phase, rows: 0, rate: 0, left: '?' })
      startedAt = performance.now()
      drawnAt = 0
    },
    /** Shows how far it has come; calls that come too soon for the eye cost nothing. */
    update(bytes: number, rows: number): void {
      const now = performance.now()
      if (bar === undefined || now - drawnAt < REDRAW_MS) return
      drawnAt = now
      const seconds = (now - startedAt) / 1000
      const left = (seconds * (totalBytes - bytes)) / bytes
      bar.update(bytes, { rows, rate: Math.round(rows / seconds), left: duration(left) })
    },
    stop(): void {
      bar?.stop()
      bar = undefined
    },
  }
}

export type Progress = ReturnType<typeof makeProgress>

function duration(seconds: number): string {
  return cliProgress.Format.TimeFormat(Math.round(seconds), { autopaddingChar: ' ' }, 1)
}
