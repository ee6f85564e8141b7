import { SQSClient } from '@aws-sdk/client-sqs'
import { REQUEST_HANDLER } from './request-handler.ts'
import { Sha256 } from './sha256.ts'
import { withoutSdkLog } from './without-sdk-log.ts'

/** A client that gives up on what SQS does not answer in time to try again. */
export function sqsClient(): SQSClient {
  return withoutSdkLog(new SQSClient({ requestHandler: REQUEST_HANDLER, sha256: Sha256 }))
}
