/** Where files are put to be ingested: `ingest/<feature group>/…`. Pure data: CDK reads it too. */
export const INGEST_PREFIX = 'ingest/'
/** Where an import keeps what it needs until it ends. */
export const WORK_PREFIX = 'work/'

const RESULT_SUFFIX = '.result.json'

/** The name of the object that tells what became of a file: beside it. */
export function resultKey(key: string): string {
  return key + RESULT_SUFFIX
}

/** All that an import keeps. */
export function workPrefix(importId: string): string {
  return `${WORK_PREFIX}${importId}/`
}

/** The text of a compressed file. */
export function unpackedKey(importId: string): string {
  return `${workPrefix(importId)}unpacked`
}

/** Refused rows of a part; a token keeps what a stopped worker left apart from what counts. */
export function refusalsKey(importId: string, name: string): string {
  return `${workPrefix(importId)}refused/${name}.jsonl`
}

/**
 * The feature group that the key of an object names, '' when it names none; undefined for what is no file to ingest:
 * results, folders, and names that begin with `_` or `.`, which writers such as Spark leave beside their files.
 */
export function groupOfKey(key: string): string | undefined {
  if (!key.startsWith(INGEST_PREFIX) || key.endsWith('/') || key.endsWith(RESULT_SUFFIX)) return undefined
  const [group = '', ...names] = key.slice(INGEST_PREFIX.length).split('/')
  if (names.length === 0) return ''
  return names.some((name) => /^[_.]/.test(name)) ? undefined : group
}
