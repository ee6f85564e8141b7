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
  /** The attributes that its sender gave it. */
  attributes: { [name: string]: string }
  /** When it can be received, in seconds of the queue's own clock. */
  visibleAt: number
}

interface Entry {
  Id: string
  MessageBody: string
  MessageAttributes?: { [name: string]: { StringValue: string } }
  DelaySeconds?: number
}

interface Visibility {
  Id: string
  ReceiptHandle: string
  VisibilityTimeout: number
}

interface VisibilityChange {
  /** The id of the message. */
  ReceiptHandle: string
  VisibilityTimeout: number
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

  function add({ MessageBody: body, MessageAttributes = {}, DelaySeconds = 0 }: Omit<Entry, 'Id'>) {
    const attributes = valuesOf(MessageAttributes)
    const texts = [body, ...Object.values(attributes)]
    if (!texts.every((text) => ALLOWED.test(text)))
      throw serviceError(400, 'InvalidMessageContents', 'characters that no message may have')
    if (bytesOf(texts) > MAX_BYTES) throw serviceError(400, 'InvalidParameterValue', 'a message is too long')
    sent += 1
    messages.push({ messageId: `message-${sent}`, body, attributes, visibleAt: now + DelaySeconds })
    return { MessageId: `message-${sent}`, MD5OfMessageBody: createHash('md5').update(body).digest('hex') }
  }

  function addBatch(entries: Entry[]) {
    const bytes = bytesOf(
      entries.flatMap(({ MessageBody, MessageAttributes = {} }) => [
        MessageBody,
        ...Object.values(valuesOf(MessageAttributes)),
      ]),
    )
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

  /** The receipt of a message is its id. */
  function delay(entries: Visibility[]) {
    if (entries.length < 1 || entries.length > 10) throw serviceError(400, 'TooManyEntriesInBatchRequest')
    const known = entries.filter(({ ReceiptHandle }) => messages.some(({ messageId }) => messageId === ReceiptHandle))
    for (const { ReceiptHandle, VisibilityTimeout } of known) {
      for (const message of messages) {
        if (message.messageId === ReceiptHandle) message.visibleAt = now + VisibilityTimeout
      }
    }
    return {
      Successful: known.map(({ Id }) => ({ Id })),
      Failed: entries
        .filter((entry) => !known.includes(entry))
        .map(({ Id }) => ({ Id, Code: 'ReceiptHandleIsInvalid' })),
    }
  }

  /** How many messages there are; this queue does not tell those that are hidden from those that are not. */
  function attributes() {
    return { ApproximateNumberOfMessages: String(messages.length), ApproximateNumberOfMessagesNotVisible: '0' }
  }

  function changeVisibility({ ReceiptHandle, VisibilityTimeout }: VisibilityChange) {
    const message = messages.find(({ messageId }) => messageId === ReceiptHandle)
    if (message === undefined) throw serviceError(400, 'ReceiptHandleIsInvalid')
    message.visibleAt = now + VisibilityTimeout
    return {}
  }

  const endpoint = await startEndpoint({
    handle(operation, input) {
      if (!String(input['QueueUrl']).endsWith('/queue')) throw serviceError(400, 'QueueDoesNotExist')
      if (operation === 'SendMessage') return add(input as unknown as Entry)
      if (operation === 'ChangeMessageVisibilityBatch') return delay(input['Entries'] as Visibility[])
      if (operation === 'ChangeMessageVisibility') return changeVisibility(input as unknown as VisibilityChange)
      if (operation === 'GetQueueAttributes') return { Attributes: attributes() }
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

function valuesOf(attributes: NonNullable<Entry['MessageAttributes']>): { [name: string]: string } {
  return Object.fromEntries(Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue]))
}

function bytesOf(texts: string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
}
