import cliProgress from 'cli-progress'

const FORMAT = '{phase} {bar} {percentage}% | {duration_formatted}'

/** A progress bar on stderr from 0 to 100 percent; nothing at all unless `isShown`. */
export function percentBar(phase: string, isShown: boolean) {
  if (!isShown) return { update: () => {}, stop: () => {} }
  const options = { format: FORMAT, clearOnComplete: true, hideCursor: true }
  const bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic)
  bar.start(100, 0, { phase })
  return {
    /** Shows how far it has come; what is not known yet counts as nothing. */
    update: (percentage: number) => bar.update(Math.max(0, Math.floor(percentage))),
    stop: () => bar.stop(),
  }
}
