import { createInterface } from 'node:readline'

export interface Terminal {
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream
}

/** Asks on the terminal; true for a yes. No answer, as after Ctrl-C, is a no. */
export function confirm(question: string, { input, output }: Terminal): Promise<boolean> {
  const terminal = createInterface({ input, output })
  return new Promise((resolve) => {
    terminal.once('close', () => resolve(false))
    terminal.question(`${question} [y/N] `, (answer) => {
      resolve(/^\s*y(es)?\s*$/i.test(answer))
      terminal.close()
    })
  })
}
