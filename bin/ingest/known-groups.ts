import type { Description, Destination } from './destination.ts'

/** Looks up the groups that events name, each once if it is there. */
export function knownGroups({ describe }: Pick<Destination, 'describe'>) {
  const known = new Map<string, Description>()
  return async (name: string): Promise<Description | undefined> => {
    const found = known.get(name) ?? (await describe(name))
    if (found !== undefined) known.set(name, found)
    return found
  }
}

export type KnownGroups = ReturnType<typeof knownGroups>
