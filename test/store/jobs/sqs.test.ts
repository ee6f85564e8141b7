import { SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, describe, expect, it } from 'vitest'
import { JOB_KINDS, type Job, type JobQueue, type JobStep } from '../../../store/jobs/job-queue.ts'
import { runJobMessage } from '../../../store/jobs/run-job-message.ts'
import { sqsJobQueue } from '../../../store/jobs/sqs.ts'
import { CLIENT } from '../../aws/dynalite.ts'
import { type SqsOptions, startSqs } from '../../aws/sqs-endpoint.ts'
import { jobQueueContract } from './job-queue-contract.ts'

const closings: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close()
})

async function open(options: SqsOptions = {}) {
  const sqs = await startSqs(options)
  const client = new SQSClient({ ...CLIENT, endpoint: sqs.endpoint, maxAttempts: 1 })
  closings.push(sqs.close, () => client.destroy())
  return { sqs, queue: sqsJobQueue(client, sqs.queueUrl) }
}

type Opened = Awaited<ReturnType<typeof open>>

/** What Lambda does with a queue: gives a message to the function, and removes it unless that fails. */
async function runNext({ sqs, queue }: Opened, step: JobStep, timeLeftMs = () => 60_000): Promise<void> {
  const [message] = sqs.receive(1)
  if (message === undefined) return
  try {
    await runJobMessage(message.body, { step, resume: queue.resume, timeLeftMs })
    sqs.remove(message.messageId)
  } catch {
    // It is received again.
  }
}

/** A queue whose messages are run whenever nobody is enqueuing: the clock of the queue does not wait for that. */
async function openRunning(step: JobStep): Promise<JobQueue> {
  const opened = await open()
  let isRunning = true
  let enqueuing = 0
  async function run(): Promise<void> {
    while (isRunning) {
      if (enqueuing === 0) await runNext(opened, step)
      await new Promise(setImmediate)
    }
  }
  const running = run()
  closings.push(async () => {
    isRunning = false
    await running
  })
  return {
    async enqueue(enqueued) {
      enqueuing += 1
      await opened.queue.enqueue(enqueued)
      enqueuing -= 1
    },
  }
}

const job: Job = { kind: 'group-cleanup', groupId: 'a' }

describe('the job queue in SQS', () => {
  jobQueueContract(openRunning)

  it('begins a cleanup a minute after it was enqueued, and other jobs at once', async () => {
    const opened = await open()
    for (const kind of JOB_KINDS) await opened.queue.enqueue({ kind, groupId: 'a', session: 's' })
    expect(opened.sqs.waiting().map(({ visibleAt }) => visibleAt)).toEqual(
      JOB_KINDS.map((kind) => (kind === 'group-cleanup' ? 60 : 0)),
    )
  })

  it.each([
    [0, 0],
    [1, 1],
    [1_500, 2],
    [900_000, 900],
    [86_400_000, 900],
  ])('goes on with a job that waits for %i milliseconds after %i seconds', async (afterMs, seconds) => {
    const opened = await open()
    const waiting: Job = { kind: 'delete-session', groupId: 'a', session: 's' }
    await opened.queue.enqueue(waiting)
    await runNext(opened, async () => ({ afterMs }))
    expect(opened.sqs.waiting()).toMatchObject([{ body: JSON.stringify(waiting), visibleAt: seconds }])
  })

  it('queues the rest of a job, without delay, when the time is nearly up', async () => {
    const opened = await open()
    await opened.queue.enqueue(job)
    let steps = 0
    let timeLeft = 100_000
    const step = async () => {
      steps += 1
      timeLeft -= 30_000
      return steps < 5 ? 'more' : 'done'
    }
    await runNext(opened, step, () => timeLeft)
    expect(steps).toBe(3)
    expect(opened.sqs.waiting()).toMatchObject([{ body: JSON.stringify(job), visibleAt: 60 }])
    timeLeft = 100_000
    await runNext(opened, step, () => timeLeft)
    expect(steps).toBe(5)
    expect(opened.sqs.waiting()).toEqual([])
  })

  it('keeps the message when the rest of the job could not be queued', async () => {
    let isDown = false
    const opened = await open({ fault: () => (isDown ? 'failed' : undefined) })
    await opened.queue.enqueue(job)
    isDown = true
    await runNext(
      opened,
      async () => 'more',
      () => 0,
    )
    expect(opened.sqs.waiting()).toHaveLength(1)
  })

  it('lets a message be received again when it says', async () => {
    const { sqs, queue } = await open()
    await queue.enqueue(job)
    const [message] = sqs.receive(1)
    await queue.postpone(message?.messageId ?? '', 15)
    expect(sqs.waiting()).toMatchObject([{ visibleAt: 60 + 15 }])
    await expect(queue.postpone('unknown', 15)).rejects.toThrow('postpone')
  })

  it('is unavailable when SQS does not take a job', async () => {
    const { queue } = await open({ fault: () => 'throttled' })
    await expect(queue.enqueue(job)).rejects.toThrow(expect.objectContaining({ code: 'ServiceUnavailable' }))
  })

  it.each([
    '',
    '{}',
    'null',
    '{"kind":"other","groupId":"a"}',
    '{"kind":"group-cleanup"}',
    '{"kind":"constructor","groupId":"a"}',
    '{"kind":"delete-session","groupId":"a","session":5}',
  ])('refuses the message %j, which is no job', async (body) => {
    const run = runJobMessage(body, { step: async () => 'done', resume: async () => {}, timeLeftMs: () => 0 })
    await expect(run).rejects.toThrow()
  })
})
