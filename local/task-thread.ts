import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'

/** What a thread answers to each message. */
export type TaskAnswer<Result = unknown> = { result: Result } | { error: Error }

/**
 * A thread, which begins when it is first needed, that is given messages one after the other. Where it fails, as when its
 * memory does not do, so does what it was asked, and the next message has a thread of its own.
 */
export function taskThread<Message, Result>(open: () => Worker, onError: (error: Error) => void = () => {}) {
  let thread: Worker | undefined
  /** What was asked last, while it or what came before is under way. */
  let previous: Promise<void> | undefined

  function begin(): Worker {
    const begun = open()
    const forget = () => {
      if (thread === begun) thread = undefined
    }
    begun.once('exit', forget)
    begun.on('error', (error) => {
      forget()
      onError(error)
    })
    return begun
  }

  async function askNow(message: Message): Promise<Result> {
    thread ??= begin()
    const settled = new AbortController()
    const { signal } = settled
    try {
      thread.postMessage(message)
      const answered = once(thread, 'message', { signal })
      const ended = once(thread, 'exit', { signal }).then(() => {
        throw new Error('the thread has ended')
      })
      const [answer] = (await Promise.race([answered, ended])) as [TaskAnswer<Result>]
      if ('error' in answer) throw answer.error
      return answer.result
    } finally {
      settled.abort()
    }
  }

  function rest(settled: Promise<void>): void {
    if (previous === settled) previous = undefined
  }

  return {
    /** What the thread answers, after what it was asked before. A thread at rest begins before this returns. */
    ask(message: Message): Promise<Result> {
      const asked = previous?.then(() => askNow(message)) ?? askNow(message)
      const settled: Promise<void> = asked.then(
        () => rest(settled),
        () => rest(settled),
      )
      previous = settled
      return asked
    },
    /** Ends the thread after what it was asked. */
    async end(): Promise<void> {
      await previous
      await thread?.terminate()
    },
  }
}
