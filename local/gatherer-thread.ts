import { parentPort, workerData } from 'node:worker_threads'
import { buffersOf } from '../store/offline/iceberg/gather-rows.ts'
import { asError } from './as-error.ts'
import { type GatheredPass, passGatherer } from './gather-pass.ts'
import type { TaskAnswer } from './task-thread.ts'
import { yieldToRequests } from './yield-to-requests.ts'

yieldToRequests()
const gatherAfter = passGatherer(workerData)

function answer(after: number): TaskAnswer<GatheredPass> {
  try {
    return { result: gatherAfter(after) }
  } catch (error) {
    return { error: asError(error) }
  }
}

parentPort?.on('message', (after: number) => {
  const answered = answer(after)
  const groups = 'result' in answered ? answered.result.groups : []
  parentPort?.postMessage(
    answered,
    groups.flatMap((group) => ('rows' in group ? buffersOf(group.rows) : [])),
  )
})
