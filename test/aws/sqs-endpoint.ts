import { createHash } from 'node:crypto'
import { type Fault, serviceError, startEndpoint } from './json-endpoint.ts'

export interface SqsOptions {
  fault?: () => Fault
  /** Whether a message of a batch is refused for now. @default - none is */
  refuses?: (body: string) => boolean
}

export interface SqsMessage {
  messageId: string
  body: string
  /** When it can be received, in seconds of the queue's own clock. */
  visibleAt: number
}

interface Entry {
  Id: string
  MessageBody: string
  DelaySeconds?: number
}

const MAX_BYTES = 1_048_576
const ALLOWED = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u
const VISIBILITY_SECONDS = 30

/** Starts an SQS with one queue, `<endpoint>/queue`, whose clock goes on only when nothing else is left to do. */
export async function startSqs({ fault, refuses = () => false }: SqsOptions = {}) {
  let messages: SqsMessage[] = []
  let now = 0
  let sent = 0
  const batches: Entry[][] = []

  function add({ MessageBody: body, DelaySeconds = 0 }: Omit<Entry, 'Id'>) {
    if (!ALLOWED.test(body)) throw serviceError(400, 'InvalidMessageContents', 'characters that no message may have')
    if (Buffer.byteLength(body) > MAX_BYTES) throw serviceError(400, 'InvalidParameterValue', 'a message is too long')
    sent += 1
    messages.push({ messageId: `message-${sent}`, body, visibleAt: now + DelaySeconds })
    return { MessageId: `message-${sent}`, MD5OfMessageBody: createHash('md5').update(body).digest('hex') }
  }

  function addBatch(entries: Entry[]) {
    const bytes = entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0)
    if (entries.length < 1 || entries.length > 10) throw serviceError(400, 'TooManyEntriesInBatchRequest')
    if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw serviceError(400, 'BatchEntryIdsNotDistinct')
    if (bytes > MAX_BYTES) throw serviceError(400, 'BatchRequestTooLong')
    batches.push(entries)
    const refused = entries.filter(({ MessageBody }) => refuses(MessageBody))
    return {
      Successful: entries.filter((entry) => !refused.includes(entry)).map((entry) => ({ Id: entry.Id, ...add(entry) })),
      Failed: refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
    }
  }

  const endpoint = await startEndpoint({
    handle(operation, input) {
      if (!String(input['QueueUrl']).endsWith('/queue')) throw serviceError(400, 'QueueDoesNotExist')
      if (operation === 'SendMessage') return add(input as unknown as Entry)
      if (operation === 'SendMessageBatch') return addBatch(input['Entries'] as Entry[])
      throw serviceError(400, 'UnknownOperationException', operation)
    },
    ...(fault && { fault }),
  })
  return {
    ...endpoint,
    queueUrl: `${endpoint.endpoint}/queue`,
    /** The batches that were within the limits. */
    batches,
    /** Up to `max` messages that can be received, which are hidden from now on. */
    receive(max: number): SqsMessage[] {
      if (messages.length > 0) now = Math.max(now, Math.min(...messages.map(({ visibleAt }) => visibleAt)))
      const received = messages.filter(({ visibleAt }) => visibleAt <= now).slice(0, max)
      for (const message of received) message.visibleAt = now + VISIBILITY_SECONDS
      return received
    },
    remove(messageId: string): void {
      messages = messages.filter((message) => message.messageId !== messageId)
    },
    waiting: () => messages,
  }
}
