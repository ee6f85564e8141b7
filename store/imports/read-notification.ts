import type { ObjectVersion } from './file-import.ts'

export interface ObjectNotification {
  bucket: string
  object: ObjectVersion
}

/**
 * The object that a message tells of, if it is an event of S3 in EventBridge; undefined for any other message.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function readNotification(body: string): ObjectNotification | undefined {
  const { source, detail } = JSON.parse(body) as S3Event
  if (source !== 'aws.s3' || detail === undefined) return undefined
  const { key, etag, size, 'version-id': version } = detail.object
  return {
    bucket: detail.bucket.name,
    // A bucket that has never kept versions has no ids of them, one that has suspended them the id `null`.
    object: { key, etag, bytes: size, ...(version !== undefined && version !== 'null' && { version }) },
  }
}

interface S3Event {
  source?: string
  detail?: {
    bucket: { name: string }
    object: { key: string; size: number; etag: string; 'version-id'?: string }
  }
}
