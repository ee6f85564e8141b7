import { parentPort, workerData } from 'node:worker_threads'
import { asError } from './as-error.ts'
import { garbageCollector, MUCH_GARBAGE } from './collect-garbage.ts'
import type { RecordPaths } from './data-directory.ts'
import { emptyWriteAheadLog, openDatabase } from './database.ts'
import { featureNames } from './feature-names.ts'
import { type Answer, type Command, recordTransaction } from './record-transaction.ts'

/** What the thread is given. */
export interface WriterData extends RecordPaths {
  /** Whether it keeps little in memory. */
  isSmall: boolean
}

/** What the thread is asked: one transaction of the commands, at the time `now`. */
export interface WriteMessage {
  commands: Command[]
  now: number
}

/** The pages that a commit of some hundred records changes. */
const SMALL_CACHE_KIB = 2 * 1024

const { recordsPath, catalogPath, isSmall }: WriterData = workerData
const db = openDatabase(recordsPath, isSmall ? SMALL_CACHE_KIB : undefined)
const transact = recordTransaction(db, featureNames(catalogPath))
const collectGarbage = isSmall ? garbageCollector() : undefined

function run({ commands, now }: WriteMessage): Answer[] {
  const answers = transact(commands, now)
  if (!commands.some((command) => 'erase' in command)) return answers
  try {
    emptyWriteAheadLog(db)
    return answers
  } catch (error) {
    // Repeating an erasure is safe, and the other commands are done.
    const failure = { error: asError(error) }
    return answers.map((answer, index) => ('erase' in (commands[index] ?? {}) ? failure : answer))
  }
}

parentPort?.on('message', (message: WriteMessage | 'close') => {
  if (message === 'close') {
    db.close()
    parentPort?.close()
    return
  }
  parentPort?.postMessage(run(message))
  collectGarbage?.(MUCH_GARBAGE)
})
parentPort?.postMessage('ready')
