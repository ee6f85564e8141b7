import type { Destination } from './destination.ts'

/** Does the work and closes the destination, whatever came of it. Throws what the work threw, or else closing. */
export async function thenClose(destination: Destination, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    await destination.close().catch(({ message }: Error) => process.stderr.write(`cairn: ${message}\n`))
    throw error
  }
  await destination.close()
}
