/** A refused row as a result tells it: a line of JSON text. */
export function refusalLine({ line, reason, json }: { line: number; reason: string; json: () => string }): string {
  return `{"Line":${line},"Reason":${JSON.stringify(reason)},"Row":${json()}}\n`
}

/** The bytes of a result: a summary, and the refused rows, of which each text has some lines. */
export async function* resultChunks(summary: object, refusals: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(summary).slice(0, -1)},"RefusedRows":[`)
  let separator = '\n'
  for await (const lines of refusals) {
    yield Buffer.from(separator + lines.trimEnd().replaceAll('\n', ',\n'))
    separator = ',\n'
  }
  yield Buffer.from(']}\n')
}
