import { afterAll, beforeAll, vi } from 'vitest'

let text = ''

/** Keeps what the tests of a file write to stdout and stderr, in place of its being written. */
export function captureOutput(): void {
  const spies: { mockRestore: () => void }[] = []
  beforeAll(() => {
    for (const stream of [process.stdout, process.stderr]) {
      const keep = (chunk: unknown) => {
        text += String(chunk)
        return true
      }
      spies.push(vi.spyOn(stream, 'write').mockImplementation(keep))
    }
  })
  afterAll(() => {
    for (const spy of spies) spy.mockRestore()
  })
}

/** The lines of logs and metrics that were written while `call` ran, each of them JSON. */
export async function linesOf(call: () => Promise<unknown>): Promise<{ [member: string]: unknown }[]> {
  text = ''
  await call()
  const lines = text.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line))
}
