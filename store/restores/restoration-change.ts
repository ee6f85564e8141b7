import type { Restoration } from './restoration.ts'

/** The restore that has come to nothing, and why: what was extracted is removed before it ends. */
export function failedRestoration(restoration: Restoration, error: string): Restoration {
  return { ...restoration, error, phase: 'tidy' }
}

/** The restore at its end, in milliseconds since the epoch. */
export function endedRestoration(restoration: Restoration, endedAt: number): Restoration {
  return { ...restoration, status: restoration.error === undefined ? 'Completed' : 'Failed', endedAt }
}
