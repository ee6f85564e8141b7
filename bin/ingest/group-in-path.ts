const INGEST = /(?:^|\/)ingest\/([^/]+)\/[^/]/

/** The feature group that a path or an address names: `ingest/<group>/…`, as in the bucket of files. */
export function groupInPath(path: string): string | undefined {
  return INGEST.exec(path)?.[1]
}
