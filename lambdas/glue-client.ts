import { GlueClient } from '@aws-sdk/client-glue'
import { REQUEST_HANDLER } from './request-handler.ts'
import { Sha256 } from './sha256.ts'
import { withoutSdkLog } from './without-sdk-log.ts'

/** A client that gives up on what Glue does not answer in time to try again. */
export function glueClient(): GlueClient {
  return withoutSdkLog(new GlueClient({ requestHandler: REQUEST_HANDLER, sha256: Sha256 }))
}
