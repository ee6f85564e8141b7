/** An answer is held back no longer than this, in milliseconds. */
const MAX_HELD_MS = 1

/**
 * A function that runs what it is given at the end of the event loop's turn, one after the other. Requests that came
 * together are answered together: each answer that finds its client asleep has to wake it, which costs as much as a read.
 */
export function sendTogether(): (send: () => void) => void {
  let held: (() => void)[] = []
  let since = 0

  function sendAll(): void {
    const due = held
    held = []
    for (const send of due) send()
  }

  return (send) => {
    const now = performance.now()
    if (held.length === 0) {
      since = now
      setImmediate(sendAll)
    }
    held.push(send)
    if (now - since >= MAX_HELD_MS) sendAll()
  }
}
