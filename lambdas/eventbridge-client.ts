import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { REQUEST_HANDLER } from './request-handler.ts'
import { Sha256 } from './sha256.ts'
import { withoutSdkLog } from './without-sdk-log.ts'

/** A client that gives up on what EventBridge does not answer in time to try again. */
export function eventBridgeClient(): EventBridgeClient {
  return withoutSdkLog(new EventBridgeClient({ requestHandler: REQUEST_HANDLER, sha256: Sha256 }))
}
