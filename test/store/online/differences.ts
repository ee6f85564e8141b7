import { it } from 'vitest'

/** The tests that a store is known to fail, by their names, and why it may. */
export type Differences = { [test: string]: string }

/** An `it` that expects the named tests to fail. */
export function itUnlessDifferent(differences: Differences): (name: string, test: () => Promise<void>) => void {
  return (name, test) => {
    const reason = differences[name]
    if (reason === undefined) it(name, test)
    else it.fails(`differs: ${name} (${reason})`, test)
  }
}
