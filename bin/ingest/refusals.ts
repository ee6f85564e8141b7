import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'

export interface Refusal {
  line: number
  reason: string
  /** The file it is from, where rows are from many. */
  file?: string
  /** The row as JSON text. */
  json: () => string
}

export interface RefusalsOptions {
  /** True to add to a file that is there. @default - it is written anew */
  isKept?: boolean
  /** What is written of a refused row. @default - its file where there are many, its line, the reason and the row */
  toLine?: (refusal: Refusal) => string
}

/** A JSON Lines file of refused rows. It is made when the first one comes. */
export function openRefusals(path: string, { isKept = false, toLine = refusalLine }: RefusalsOptions = {}) {
  let file: number | undefined
  let count = 0
  return {
    path,
    add(refusal: Refusal): void {
      file ??= openSync(path, isKept ? 'a' : 'w')
      writeSync(file, toLine(refusal))
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

function refusalLine({ file, line, reason, json }: Refusal): string {
  const from = file === undefined ? '' : `"file":${JSON.stringify(file)},`
  return `{${from}"line":${line},"reason":${JSON.stringify(reason)},"row":${json()}}\n`
}
