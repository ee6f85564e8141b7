import cliProgress from 'cli-progress'

const FORMAT = '{phase} {bar} {percentage}% | {duration_formatted}'

/** A progress bar on stderr from 0 to 100 percent; nothing at all unless `isShown`. */
export function percentBar(phase: string, isShown: boolean) {
  if (!isShown) return { update: () => {}, stop: () => {} }
  const options = { format: FORMAT, clearOnComplete: true, hideCursor: true }
  const bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic)
  bar.start(100, 0, { phase })
  let shown = 0
  return {
    /** Shows how far it has come; what goes back, or is not known yet, changes nothing. */
    update(percentage: number): void {
      shown = Math.max(shown, Math.floor(percentage))
      bar.update(shown)
    },
    stop: () => bar.stop(),
  }
}
