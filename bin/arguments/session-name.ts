import { InvalidArgumentError } from 'commander'

/** The name of a delete session. Throws for one that cannot stand in the path of a URL. */
export function parseSessionName(text: string): string {
  if (text !== '' && text !== '.' && text !== '..') return text
  throw new InvalidArgumentError('It must be the name of a session.')
}
