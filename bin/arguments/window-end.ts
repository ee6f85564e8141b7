import { InvalidArgumentError } from 'commander'

const DATE = /^\d{4}-\d{2}-\d{2}$/

/**
 * An end of a time window as the API has it; a date alone is its midnight in UTC. Throws for no text at all, which the
 * API takes for a window without that end.
 */
export function parseWindowEnd(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must be a time: leave the option out for no limit.')
  return DATE.test(text) ? `${text}T00:00:00Z` : text
}
