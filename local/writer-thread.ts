import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from './database.ts'
import { type Command, recordTransaction } from './record-transaction.ts'

/** What the thread is asked: one transaction of the commands, at the time `now`. */
export interface WriteMessage {
  commands: Command[]
  now: number
}

const db = openDatabase(workerData.recordsPath)
const transact = recordTransaction(db)

parentPort?.on('message', (message: WriteMessage | 'close') => {
  if (message === 'close') {
    db.close()
    parentPort?.close()
  } else parentPort?.postMessage(transact(message.commands, message.now))
})
parentPort?.postMessage('ready')
