import {
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { AsyncBuffer } from 'hyparquet'
import { ApiError } from '../api-error.ts'
import { callFailure } from '../calls/call-failure.ts'
import type { Extracts } from './extracts.ts'

interface Found {
  key: string
  bytes: number
}

/**
 * Files in a bucket, read a range at a time. Calls that fail throw ServiceUnavailable when repeating may help, else
 * InternalFailure.
 */
export function s3Extracts(client: S3Client, Bucket: string): Extracts {
  async function keysBelow(Prefix: string): Promise<Found[]> {
    const found: Found[] = []
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        for (const { Key: key = '', Size: bytes = 0 } of Contents) if (bytes > 0) found.push({ key, bytes })
      }
    } catch (error) {
      throw callFailure('list files in S3', error)
    }
    return found.sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  async function read(key: string, start: number, end: number): Promise<ArrayBuffer> {
    if (start === end) return new ArrayBuffer(0)
    try {
      const { Body } = await client.send(new GetObjectCommand(rangeParams({ Bucket, Key: key }, start, end)))
      const bytes = await Body?.transformToByteArray()
      if (bytes?.length === end - start) return new Uint8Array(bytes).buffer
      throw new ApiError('ServiceUnavailable', `S3 has sent ${bytes?.length ?? 0} bytes of ${end - start}; try again`)
    } catch (error) {
      throw callFailure('read a file in S3', error)
    }
  }

  return {
    async list(place) {
      const found = await keysBelow(place)
      return found.map(({ key, bytes }) => ({
        name: key,
        open: async (): Promise<AsyncBuffer> => ({
          byteLength: bytes,
          slice: (start, end = bytes) => read(key, start, Math.min(end, bytes)),
        }),
      }))
    },
    async remove(place) {
      const keys = await keysBelow(place)
      for (let start = 0; start < keys.length; start += MAX_KEYS_PER_DELETE) {
        const Objects = keys.slice(start, start + MAX_KEYS_PER_DELETE).map(({ key }) => ({ Key: key }))
        await removeAll(client, Bucket, Objects)
      }
    },
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MAX_KEYS_PER_DELETE = 1_000

async function removeAll(client: S3Client, Bucket: string, Objects: { Key: string }[]): Promise<void> {
  try {
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
    const [first] = Errors
    if (first === undefined) return
    throw new ApiError('ServiceUnavailable', `S3 has not removed ${Errors.length} files: ${first.Code}; try again`)
  } catch (error) {
    throw callFailure('remove files in S3', error)
  }
}

/** A part of an object: from byte `start` on and before `end`. */
export function rangeParams(
  object: { Bucket: string; Key: string },
  start: number,
  end: number,
): GetObjectCommandInput {
  return { ...object, Range: `bytes=${start}-${end - 1}` }
}
