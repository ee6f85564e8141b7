import { parentPort, workerData } from 'node:worker_threads'
import { buffersOf } from '../store/offline/iceberg/gather-rows.ts'
import { asError } from './as-error.ts'
import { type PASS, SHORT_PASS } from './commit-pass.ts'
import { type GatheredPass, passGatherer } from './gather-pass.ts'
import type { TaskAnswer } from './task-thread.ts'
import { yieldToRequests } from './yield-to-requests.ts'

/** What the thread is asked: the rows that follow that sequence, from the log as it is now unless told otherwise. */
export interface GatherMessage {
  after: number
  /** Whether the log has what was gathered before it was asked for. */
  isUnchanged: boolean
}

yieldToRequests()
const gatherAfter = passGatherer(workerData)
let next: { after: number; answer: TaskAnswer<GatheredPass> } | undefined

function answerOf(after: number, extent?: typeof PASS): TaskAnswer<GatheredPass> {
  try {
    return { result: gatherAfter(after, extent) }
  } catch (error) {
    return { error: asError(error) }
  }
}

parentPort?.on('message', ({ after, isUnchanged }: GatherMessage) => {
  const answer = isUnchanged && next?.after === after ? next.answer : answerOf(after, SHORT_PASS)
  const groups = 'result' in answer ? answer.result.groups : []
  parentPort?.postMessage(
    answer,
    groups.flatMap((group) => ('rows' in group ? buffersOf(group.rows) : [])),
  )
  next = undefined
  // What will be asked for next is begun at once: a snapshot is written meanwhile.
  if ('result' in answer && answer.result.isFull) {
    const { sequence } = answer.result
    next = { after: sequence, answer: answerOf(sequence) }
  }
})
