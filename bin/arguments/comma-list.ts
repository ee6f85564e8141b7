import { InvalidArgumentError } from 'commander'

/** Reads names separated by commas. Throws when one is empty. */
export function parseCommaList(text: string): string[] {
  const names = text.split(',')
  if (names.includes('')) throw new InvalidArgumentError('It must be names separated by commas.')
  return names
}
