import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Commit } from './group-commit.ts'
import type { Answer } from './record-transaction.ts'
import { threadLimits } from './thread-limits.ts'
import type { WriteMessage, WriterData } from './writer-thread.ts'

export interface Writer {
  commit: Commit
  close(): Promise<void>
}

/**
 * The one connection that writes records, in a thread of its own: SQLite's calls block, and the event loop has
 * requests to answer. One commit at a time. `onExit` is told when the thread ends without being asked to.
 */
export async function startWriter(data: WriterData, onExit: (error: Error) => void): Promise<Writer> {
  const { recordsPath, catalogPath, isSmall } = data
  const workerData: WriterData = { recordsPath, catalogPath, isSmall }
  const thread = new Worker(new URL('./writer-thread.ts', import.meta.url), {
    workerData,
    resourceLimits: threadLimits(),
  })
  await once(thread, 'message')
  let isClosing = false
  let asked: { resolve: (answers: Answer[]) => void; reject: (error: Error) => void } | undefined

  function fail(error: Error): void {
    asked?.reject(error)
    if (!isClosing) onExit(error)
  }
  thread.on('message', (answers: Answer[]) => asked?.resolve(answers))
  thread.on('error', fail)
  thread.on('exit', (code) => fail(new Error(`the writing thread ended with code ${code}`)))

  return {
    commit: (commands, now) =>
      new Promise((resolve, reject) => {
        asked = { resolve, reject }
        thread.postMessage({ commands, now } satisfies WriteMessage)
      }),
    async close() {
      isClosing = true
      const exited = once(thread, 'exit')
      thread.postMessage('close')
      await exited
    },
  }
}
