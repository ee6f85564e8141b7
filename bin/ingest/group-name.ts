import { extname } from 'node:path'

const MAX_CHARS = 64

/**
 * The valid name of a feature group that is closest to a file's: without its extension, other characters as '-'.
 * Undefined when nothing is left of it.
 */
export function groupNameOf(file: string): string | undefined {
  const name = file
    .slice(0, file.length - extname(file).length)
    .replaceAll(/[^a-zA-Z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, MAX_CHARS)
    .replace(/[-_]+$/, '')
  return name === '' ? undefined : name
}
