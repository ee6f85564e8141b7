import { AthenaClient } from '@aws-sdk/client-athena'
import { REQUEST_HANDLER } from './request-handler.ts'
import { Sha256 } from './sha256.ts'
import { withoutSdkLog } from './without-sdk-log.ts'

/** A client that gives up on what Athena does not answer in time to try again. */
export function athenaClient(): AthenaClient {
  return withoutSdkLog(new AthenaClient({ requestHandler: REQUEST_HANDLER, sha256: Sha256 }))
}
