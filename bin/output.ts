/** Writes text on stdout; resolves when it has been taken. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve())
  })
}

/** Writes what an operation answered as JSON, without what the SDK adds about the request. */
export function printAnswer({ $metadata: _, ...answer }: { $metadata: unknown; [member: string]: unknown }) {
  return print(`${JSON.stringify(answer, undefined, 2)}\n`)
}
