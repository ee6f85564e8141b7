import { parentPort, workerData } from 'node:worker_threads'
import { buffersOf } from '../store/offline/iceberg/gather-rows.ts'
import { type GatheredPass, passGatherer } from './gather-pass.ts'
import { yieldToRequests } from './yield-to-requests.ts'

export type GathererAnswer = { pass: GatheredPass } | { error: Error }

yieldToRequests()
const gatherAfter = passGatherer(workerData)

function answer(after: number): GathererAnswer {
  try {
    return { pass: gatherAfter(after) }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}

parentPort?.on('message', (after: number) => {
  const answered = answer(after)
  const groups = 'pass' in answered ? answered.pass.groups : []
  parentPort?.postMessage(
    answered,
    groups.flatMap((group) => ('rows' in group ? buffersOf(group.rows) : [])),
  )
})
