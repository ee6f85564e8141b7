/**
 * The paths of what SageMaker's API does not have: each is a route, and so a permission, of its own. Pure data: CDK
 * reads it too.
 */
export const HISTORY_ROUTES = {
  EraseRecords: { method: 'POST', path: '/erase' },
  GetErasure: { method: 'GET', path: '/erase/{ErasureId}' },
  FlushHistory: { method: 'POST', path: '/flush' },
} as const satisfies { [operation: string]: { method: 'GET' | 'POST'; path: string } }

export type HistoryOperation = keyof typeof HISTORY_ROUTES

/** True for a path that belongs to the history, whether there is such a route or not. */
export function isHistoryPath(path: string): boolean {
  return path === '/flush' || path === '/erase' || path.startsWith('/erase/')
}
