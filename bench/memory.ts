import type { Figure } from './figure.ts'
import { sqliteWriteFloor } from './floor-sqlite.ts'
import { BATCH_CONNECTIONS, ENTRIES } from './loaded-records.ts'

const MAX_MEGABYTES = 400
const MEGABYTE = 1_000_000

/** The load that came before everything else, and the memory that the server took for it. */
export const memory: Figure = {
  name: 'Load',
  async measure({ loaded, records, seconds, runs }) {
    const megabytes = loaded.peakMemory === undefined ? undefined : loaded.peakMemory / MEGABYTE
    return {
      what: `load of ${records.toLocaleString('en')} records`,
      unit: 'records/s',
      measured: loaded.recordsPerSecond,
      bareSqlite: sqliteWriteFloor(BATCH_CONNECTIONS * ENTRIES, { seconds, runs }),
      target: `under ${MAX_MEGABYTES} MB resident`,
      isMet: megabytes !== undefined && megabytes < MAX_MEGABYTES,
      note: megabytes === undefined ? 'memory not known on this system' : `peak ${megabytes.toFixed(0)} MB`,
    }
  },
}
