const STATUS = { SIGINT: 130, SIGTERM: 143 } as const

/** A terminal's Ctrl-C may come twice, from the terminal and from the launcher; one that comes later is meant. */
const REPEAT_MS = 500

/**
 * Turns the first SIGINT or SIGTERM into an abort, so that what is under way can end well. Another one, half a second
 * later or more, ends the process at once.
 */
export function interruption() {
  const controller = new AbortController()
  let status: number | undefined
  let interruptedAt = 0

  function interrupt(signal: NodeJS.Signals): void {
    if (status === undefined) {
      status = STATUS[signal as keyof typeof STATUS]
      interruptedAt = performance.now()
      controller.abort()
    } else if (performance.now() - interruptedAt > REPEAT_MS) process.exit(status)
  }

  for (const signal of Object.keys(STATUS)) process.on(signal, interrupt)
  return {
    signal: controller.signal,
    /** The exit status of an interrupted process; undefined as long as there was no signal. */
    status: () => status,
    dispose(): void {
      for (const signal of Object.keys(STATUS)) process.off(signal, interrupt)
    },
  }
}
