import { openEmbeddedStore, type Result } from '../../local/ingest/embedded-store.ts'
import { createGroupParams } from '../client/group-plan.ts'
import type { Description, Destination, Fate } from './destination.ts'

const ACCOUNT = '000000000000'
/**
 * While a batch is on its way to the disk the next one is read and checked; commits take what waits together. Rows that
 * are few at a time are collected while they are young: of larger batches most are copied and kept for long.
 */
const LANES = { count: 2, maxItems: 100 }

/** The store of a data directory, in this process. Throws when a server has the directory. */
export async function embeddedDestination(dataDirectory: string, region: string): Promise<Destination> {
  const store = await openEmbeddedStore({
    dataDirectory,
    region,
    account: ACCOUNT,
    onError: (error, what) => process.stderr.write(`cairn: ${what} failed: ${String(error)}\n`),
    onFatal: (error) => {
      process.stderr.write(`cairn: records can no longer be written: ${error.message}\n`)
      process.exit(1)
    },
  })
  return {
    describe: async (name) => (await store.describe(name)) as Description | undefined,
    create: (plan) => store.create(createGroupParams(plan)),
    isHistoricTold: true,
    apply: async (rows) => (await store.apply(rows.map(({ event }) => event))).map(toFate),
    lanes: LANES,
    close: store.close,
  }
}

function toFate(result: Result): Fate {
  return result.status === 'refused' ? { refused: `${result.code}: ${result.reason}` } : result.status
}
