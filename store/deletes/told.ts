import { quote } from '../api-error.ts'

/** A caller's value as an error tells of it, shortened: a string in quotes, anything else without, as JSON. */
export function told(value: unknown): string {
  return typeof value === 'string' ? quote(value) : quote(value).slice(1, -1)
}
