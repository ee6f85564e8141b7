import type { Objects } from '../../store/imports/objects.ts'
import { s3Objects } from '../../store/imports/objects-s3.ts'
import { s3Client } from '../s3-client.ts'

/** The objects of that bucket in S3. */
export function bucketObjects(bucket: string): Objects {
  return s3Objects(s3Client(), bucket)
}
