import { InvalidArgumentError } from 'commander'

/** A feature group and those of its features that are asked for; all when none is named. */
export interface NamedFeatures {
  group: string
  features: string[] | undefined
}

const CHOICE = /^(?<group>[a-zA-Z0-9][a-zA-Z0-9_-]*)(?::(?<features>[^:,]+(?:,[^:,]+)*))?$/

/** Adds `NAME` or `NAME:feature,feature` to those that were given before; no group may come twice. */
export function parseGroupChoice(text: string, before: NamedFeatures[] = []): NamedFeatures[] {
  const { group, features } = CHOICE.exec(text)?.groups ?? {}
  if (group === undefined) throw new InvalidArgumentError('It must look like NAME or NAME:feature,feature.')
  if (before.some((choice) => choice.group === group)) throw new InvalidArgumentError('The group was given before.')
  return [...before, { group, features: features?.split(',').map((name) => name.trim()) }]
}
