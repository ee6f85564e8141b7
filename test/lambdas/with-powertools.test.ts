import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { captureOutput, linesOf } from './captured-lines.ts'
import { contextWith } from './lambda-environment.ts'

captureOutput()
beforeEach(() => {
  vi.resetModules()
  vi.stubEnv('AWS_LAMBDA_INITIALIZATION_TYPE', 'on-demand')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

/** A function as it starts, which logs the text that it is invoked with, if it is any. */
async function startLogging() {
  const { logger } = await import('../../lambdas/logger.ts')
  const { withPowertools } = await import('../../lambdas/with-powertools.ts')
  return withPowertools(async (text: string) => {
    if (text === 'fail') logger.error('about to fail', { step: 1 })
    if (text === 'fail') throw new Error('failed')
    if (text !== '') logger.info(text, { step: 1 })
  })
}

type Handler = Awaited<ReturnType<typeof startLogging>>

function invoke(handler: Handler, text: string, awsRequestId: string) {
  return handler(text, { ...contextWith(), awsRequestId })
}

/** The lines of the log alone. */
async function logOf(call: () => Promise<unknown>) {
  return (await linesOf(call)).filter((line) => 'level' in line)
}

describe('log lines', () => {
  it('name their invocation, and are out when it ends', async () => {
    const handler = await startLogging()
    const lines = await logOf(async () => {
      await invoke(handler, 'first', 'id-1')
      await invoke(handler, 'second', 'id-2')
    })
    expect(lines).toMatchObject([
      { level: 'INFO', message: 'first', step: 1, function_request_id: 'id-1', cold_start: true },
      { level: 'INFO', message: 'second', step: 1, function_request_id: 'id-2', cold_start: false },
    ])
  })
  it('tell the first invocation from a later one, even when that one had nothing to log', async () => {
    const handler = await startLogging()
    await invoke(handler, '', 'id-1')
    const lines = await logOf(() => invoke(handler, 'second', 'id-2'))
    expect(lines).toMatchObject([{ message: 'second', function_request_id: 'id-2', cold_start: false }])
  })
  it('are out when an invocation fails', async () => {
    const handler = await startLogging()
    const lines = await logOf(() => expect(invoke(handler, 'fail', 'id-1')).rejects.toThrow('failed'))
    expect(lines).toMatchObject([{ level: 'ERROR', message: 'about to fail', function_request_id: 'id-1' }])
  })
})
