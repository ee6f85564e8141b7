import type { ImportEvents } from '../../store/imports/import-events.ts'
import { eventBridgeImportEvents } from '../../store/imports/import-events-eventbridge.ts'
import { eventBridgeClient } from '../eventbridge-client.ts'

/** Events on the default bus of EventBridge. */
export function busEvents(): ImportEvents {
  return eventBridgeImportEvents(eventBridgeClient())
}
