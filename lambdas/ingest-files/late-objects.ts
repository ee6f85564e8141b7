import type { Objects } from '../../store/imports/objects.ts'
import { loadOnce } from '../load-once.ts'

/** The objects of a bucket; what it takes to read them is loaded with the first. */
export function lateObjects(bucket: string): Objects {
  const load = loadOnce(async () => (await import('./bucket-objects.ts')).bucketObjects(bucket))
  return {
    read: async (...object) => await (await load()).read(...object),
    write: async (...object) => await (await load()).write(...object),
    removeAll: async (prefix) => await (await load()).removeAll(prefix),
  }
}
