import type { EventBody } from './ingest.ts'

/** A message for the dead-letter queue: an event, and why it is there. */
export interface DeadLetter {
  body: string
  attributes: { [name: string]: string }
}

export interface RefusedEvent {
  body: EventBody
  /** The ARN of the queue or the stream that brought it. */
  source: string
  /** What the source knows it by. */
  id: string
  code: string
  reason: string
}

/** What leaves room for the attributes in a message of SQS, which has 1 MiB at most. */
const MAX_BODY_BYTES = 1_048_576 - 16_384
/** Characters that SQS takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const ALLOWED = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

/**
 * The dead letter of an event that was refused: the event as it came, `ErrorCode` and `ErrorMessage`, `EventSource` and
 * `EventId`. Bytes that no message may have are in Base64, with `BodyEncoding`; of more than a message holds it has the
 * beginning, with `BodyBytes`, which tells how many there were.
 */
export function deadLetter({ body, source, id, code, reason }: RefusedEvent): DeadLetter {
  const attributes = {
    ErrorCode: code,
    ErrorMessage: reason.toWellFormed().replaceAll(FORBIDDEN, '\ufffd'),
    EventSource: source,
    EventId: id,
  }
  if (typeof body === 'string') return { body, attributes }
  const bytes = Buffer.from(body)
  const text = bytes.toString()
  const isText = ALLOWED.test(text) && Buffer.from(text).equals(bytes)
  if (isText && bytes.length <= MAX_BODY_BYTES) return { body: text, attributes }
  const kept = bytes.subarray(0, (MAX_BODY_BYTES / 4) * 3)
  return {
    // An empty message is none that SQS takes.
    body: kept.toString('base64') || '=',
    attributes: {
      ...attributes,
      BodyEncoding: 'base64',
      ...(kept.length < bytes.length && { BodyBytes: String(bytes.length) }),
    },
  }
}
