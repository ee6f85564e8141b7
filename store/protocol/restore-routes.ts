/** The paths of restores: each is a route, and so a permission, of its own. Pure data: CDK reads it too. */
export const RESTORE_ROUTES = {
  StartRestore: { method: 'POST', path: '/restore' },
  GetRestore: { method: 'GET', path: '/restore/{RestoreId}' },
} as const satisfies { [operation: string]: { method: 'GET' | 'POST'; path: string } }

export type RestoreOperation = keyof typeof RESTORE_ROUTES

/** True for a path that belongs to restores, whether there is such a route or not. */
export function isRestorePath(path: string): boolean {
  return path === '/restore' || path.startsWith('/restore/')
}
