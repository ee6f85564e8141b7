import { parseCommaList } from './comma-list.ts'

/** Names of delete sessions separated by commas; none at all for no text, as an empty variable has it. */
export function parseSessionNames(text: string): string[] {
  return text === '' ? [] : parseCommaList(text)
}
