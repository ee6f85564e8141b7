import type { ImportEvents } from '../../store/imports/import-events.ts'
import { loadOnce } from '../load-once.ts'

/** Events that tell of imports; what it takes to send one is loaded with the first. */
export function lateEvents(): ImportEvents {
  const load = loadOnce(async () => (await import('./bus-events.ts')).busEvents())
  return { ended: async (summary) => await (await load()).ended(summary) }
}
