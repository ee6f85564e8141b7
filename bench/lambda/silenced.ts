/** Runs `work` with what it writes to stdout kept off the terminal; answers how many bytes that was. */
export async function silenced(work: () => Promise<void>): Promise<number> {
  const write = process.stdout.write
  let bytes = 0
  process.stdout.write = (chunk: string | Uint8Array) => {
    bytes += chunk.length
    return true
  }
  try {
    await work()
    return bytes
  } finally {
    process.stdout.write = write
  }
}
