import { interruption } from '../ingest/interruption.ts'

/** Runs what a SIGINT or SIGTERM may end, so that it can tidy up. Answers the exit status: 0, or that of the signal. */
export async function interruptible(run: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const interrupted = interruption()
  try {
    await run(interrupted.signal)
    return interrupted.status() ?? 0
  } catch (error) {
    const status = interrupted.status()
    if (status === undefined) throw error
    process.stderr.write('cairn: interrupted\n')
    return status
  } finally {
    interrupted.dispose()
  }
}
