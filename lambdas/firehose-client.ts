import { FirehoseClient } from '@aws-sdk/client-firehose'
import { REQUEST_HANDLER } from './request-handler.ts'
import { resolveOnce } from './resolve-once.ts'
import { Sha256 } from './sha256.ts'
import { withoutSdkLog } from './without-sdk-log.ts'

/** A client that gives up on what Firehose does not answer in time to try again. */
export function firehoseClient(): FirehoseClient {
  const client = withoutSdkLog(new FirehoseClient({ requestHandler: REQUEST_HANDLER, sha256: Sha256 }))
  resolveOnce(client)
  return client
}
