import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'

export interface Refusal {
  line: number
  reason: string
  /** The file it is from, where rows are from many. */
  file?: string
  /** The row as JSON text. */
  json: () => string
}

/**
 * A JSON Lines file of refused rows, each with its line and the reason. It is made when the first one comes; `isKept`
 * adds to one that is there.
 */
export function openRefusals(path: string, { isKept }: { isKept: boolean } = { isKept: false }) {
  let file: number | undefined
  let count = 0
  return {
    path,
    add({ file: from, line, reason, json }: Refusal): void {
      file ??= openSync(path, isKept ? 'a' : 'w')
      writeSync(
        file,
        `{${from === undefined ? '' : `"file":${JSON.stringify(from)},`}"line":${line},"reason":${JSON.stringify(reason)},"row":${json()}}\n`,
      )
      count += 1
    },
    /** Brings what was added to disk. */
    sync(): void {
      if (file !== undefined) fsyncSync(file)
    },
    count: () => count,
    close(): void {
      if (file !== undefined) closeSync(file)
    },
  }
}

export type Refusals = ReturnType<typeof openRefusals>
