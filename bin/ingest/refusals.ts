import { closeSync, openSync, writeSync } from 'node:fs'

export interface Refusal {
  line: number
  reason: string
  /** The row as JSON text. */
  json: () => string
}

/** A JSON Lines file of refused rows, each with its line and the reason. It is made when the first one comes. */
export function openRefusals(path: string) {
  let file: number | undefined
  let count = 0
  return {
    path,
    add({ line, reason, json }: Refusal): void {
      file ??= openSync(path, 'w')
      writeSync(file, `{"line":${line},"reason":${JSON.stringify(reason)},"row":${json()}}\n`)
      count += 1
    },
    count: () => count,
    close(): void {
      if (file !== undefined) closeSync(file)
    },
  }
}

export type Refusals = ReturnType<typeof openRefusals>
