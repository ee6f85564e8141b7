import { type EventBridgeClient, PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge'
import { ApiError } from '../api-error.ts'
import { callFailure } from '../calls/call-failure.ts'
import type { ImportEvents, ImportSummary } from './import-events.ts'

const SOURCE = 'cairn'
const DETAIL_TYPES = { Ingested: 'File ingested', Failed: 'File failed' } as const

/** Events on the default bus of EventBridge. */
export function eventBridgeImportEvents(client: EventBridgeClient): ImportEvents {
  return {
    async ended(summary) {
      try {
        const { FailedEntryCount = 0, Entries } = await client.send(new PutEventsCommand(eventParams(summary)))
        if (FailedEntryCount === 0) return
        const reason = Entries?.[0]?.ErrorCode
        throw new ApiError('ServiceUnavailable', `EventBridge has not taken an event: ${reason}; try again`)
      } catch (error) {
        throw callFailure('send an event', error)
      }
    },
  }
}

/** The event that tells of an import. */
export function eventParams(summary: ImportSummary): PutEventsCommandInput {
  const Detail = JSON.stringify(summary)
  return { Entries: [{ Source: SOURCE, DetailType: DETAIL_TYPES[summary.Status], Detail }] }
}
