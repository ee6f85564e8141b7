import { interruption } from './interruption.ts'
import { keepHeapSmall } from './small-heap.ts'

const STATUS_OF_REFUSALS = 2

/**
 * Runs an ingestion that a signal may end. Answers the exit status: 0, 2 when rows were refused, or that of the signal.
 * Throws what it throws.
 */
export async function runIngestion(job: (signal: AbortSignal) => Promise<{ refused: number }>): Promise<number> {
  const stopCollecting = keepHeapSmall()
  const interrupted = interruption()
  try {
    const { refused } = await job(interrupted.signal)
    return interrupted.status() ?? (refused > 0 ? STATUS_OF_REFUSALS : 0)
  } catch (error) {
    const status = interrupted.status()
    if (status === undefined || (error as Error).name !== 'AbortError') throw error
    process.stderr.write('cairn: interrupted before the first row was written\n')
    return status
  } finally {
    interrupted.dispose()
    stopCollecting()
  }
}
