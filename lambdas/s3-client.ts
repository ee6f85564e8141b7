import { S3Client } from '@aws-sdk/client-s3'
import { REQUEST_HANDLER } from './request-handler.ts'
import { Sha256 } from './sha256.ts'
import { withoutSdkLog } from './without-sdk-log.ts'

/** A client that gives up on what S3 does not answer in time to try again. */
export function s3Client(): S3Client {
  return withoutSdkLog(new S3Client({ requestHandler: REQUEST_HANDLER, sha256: Sha256 }))
}
