import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { ApiError } from '../api-error.ts'
import { type CallError, callFailure } from '../calls/call-failure.ts'
import { s3Extracts } from '../offline/extracts-s3.ts'
import type { ByteRange, ObjectName, Objects } from './objects.ts'
import { pieces } from './pieces.ts'

/** The object or its version is gone, or another one has come in its place. */
const GONE = new Set(['NoSuchKey', 'NoSuchVersion', 'PreconditionFailed'])

/** The objects of a bucket in S3. Calls throw InternalFailure when no repeating will help. */
export function s3Objects(client: S3Client, Bucket: string): Objects {
  return {
    async read(object, range) {
      const output = await client.send(new GetObjectCommand(getParams(Bucket, object, range))).catch((error) => {
        throw readFailure(object, error)
      })
      const bytes = await output.Body?.transformToByteArray().catch((cause) => {
        throw new ApiError('ServiceUnavailable', `S3 has not sent all of ${object.key}; try again`, { cause })
      })
      // Servers need not know ranges: with status 200 all of the object has come.
      const isWhole = output.$metadata.httpStatusCode === 200
      const part = range !== undefined && isWhole ? bytes?.subarray(range.start, range.end) : bytes
      const wanted = range === undefined ? part?.length : range.end - range.start
      if (part !== undefined && part.length === wanted) return Buffer.from(part.buffer, part.byteOffset, part.length)
      throw new ApiError('ServiceUnavailable', `S3 has sent ${part?.length ?? 0} bytes of ${wanted}; try again`)
    },
    async write(key, chunks) {
      const object = { Bucket, Key: key }
      const parts = pieces(chunks)
      const first = await parts.next()
      const second = first.done === true ? first : await parts.next()
      if (first.done === true || second.done === true) {
        const Body = first.value ?? Buffer.of()
        await called(`write ${key}`, () => client.send(new PutObjectCommand({ ...object, Body })))
        return Body.length
      }
      return await upload(client, object, [[first.value, second.value], parts])
    },
    removeAll: (prefix) => s3Extracts(client, Bucket).remove(prefix),
  }
}

/** The request for an object, one version of it or one content, or for a range of its bytes. */
export function getParams(
  Bucket: string,
  { key, version, etag }: ObjectName,
  range?: ByteRange,
): GetObjectCommandInput {
  return {
    Bucket,
    Key: key,
    ...(version !== undefined && { VersionId: version }),
    ...(version === undefined && etag !== undefined && { IfMatch: etag }),
    ...(range && { Range: `bytes=${range.start}-${range.end - 1}` }),
  }
}

function readFailure({ key }: ObjectName, error: unknown): ApiError {
  if (!GONE.has((error as CallError).name)) return callFailure('read a file in S3', error)
  return new ApiError('ResourceNotFound', `${key} is not there any more as it was put`, { cause: error })
}

async function called<Answer>(what: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call()
  } catch (error) {
    throw callFailure(`${what} in S3`, error)
  }
}

interface Destination {
  Bucket: string
  Key: string
}

/** Uploads an object in pieces, one after the other; none of it stays when that fails. */
async function upload(
  client: S3Client,
  object: Destination,
  bodies: Iterable<Iterable<Buffer> | AsyncIterable<Buffer>>,
) {
  const what = `write ${object.Key}`
  const { UploadId } = await called(what, () => client.send(new CreateMultipartUploadCommand(object)))
  const Parts: { ETag: string | undefined; PartNumber: number }[] = []
  let bytes = 0
  try {
    for (const some of bodies) {
      for await (const Body of some) {
        const PartNumber = Parts.length + 1
        const command = new UploadPartCommand({ ...object, UploadId, PartNumber, Body })
        const { ETag } = await called(what, () => client.send(command))
        Parts.push({ ETag, PartNumber })
        bytes += Body.length
      }
    }
    const completion = new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } })
    await called(what, () => client.send(completion))
    return bytes
  } catch (error) {
    // What is left of it when this fails too is removed by the lifecycle of the bucket.
    await client.send(new AbortMultipartUploadCommand({ ...object, UploadId })).catch(() => {})
    throw error
  }
}
