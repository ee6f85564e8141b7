import type { Connection } from '../client/connection.ts'
import type { Destination } from './destination.ts'

/** The server that the options name, or the store of the directory `data`. */
export async function openDestination(
  options: Connection & { concurrency: number; data?: string },
): Promise<Destination> {
  if (options.data !== undefined) {
    const { embeddedDestination } = await import('./embedded-destination.ts')
    return await embeddedDestination(options.data, options.region)
  }
  const { httpDestination } = await import('./http-destination.ts')
  return httpDestination(options, options.concurrency)
}
