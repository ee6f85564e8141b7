/**
 * The paths of delete sessions: each is a route, and so a permission, of its own. `/delete/erase` takes what `/delete`
 * does, for the mode that nothing brings back. Pure data: CDK reads it too.
 */
export const DELETE_ROUTES = {
  StartDeleteSession: { method: 'POST', path: '/delete' },
  StartErasure: { method: 'POST', path: '/delete/erase' },
  ListDeleteSessions: { method: 'GET', path: '/delete' },
  GetDeleteSession: { method: 'GET', path: '/delete/{session}' },
  CancelDeleteSession: { method: 'POST', path: '/delete/{session}/cancel' },
  UndoDeleteSession: { method: 'POST', path: '/delete/{session}/undo' },
} as const satisfies { [operation: string]: { method: 'GET' | 'POST'; path: string } }

export type DeleteOperation = keyof typeof DELETE_ROUTES

/** True for a path that belongs to delete sessions, whether there is such a route or not. */
export function isDeletePath(path: string): boolean {
  return path === '/delete' || path.startsWith('/delete/')
}
