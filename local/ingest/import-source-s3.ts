import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { HeadObjectCommand, S3Client, type S3ServiceException } from '@aws-sdk/client-s3'
import { type ByteSource, readBytes } from '../../store/files/chunks.ts'
import { decompressorOf, HEAD_BYTES } from '../../store/files/compression.ts'
import { formatOfName } from '../../store/imports/file-format.ts'
import { objectSource } from '../../store/imports/object-source.ts'
import { s3Objects } from '../../store/imports/objects-s3.ts'
import type { Format } from './format.ts'
import { type ImportSource, type ImportSourceOptions, RESULT_SUFFIX } from './import-source.ts'
import { type Input, inputOf, inputOfFile } from './input.ts'
import { temporaryCopy } from './temporary-copy.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1_024
const ADDRESS = /^s3:\/\/([^/]+)\/(.*[^/])$/s

/**
 * Opens an object of S3, with the credentials and the region that the AWS SDK finds. One that is compressed is first
 * copied to a temporary file; any other is read in ranges, and must not change meanwhile.
 */
export async function openS3Source(
  address: string,
  { format, s3Endpoint }: ImportSourceOptions,
  signal: AbortSignal,
): Promise<ImportSource> {
  const { bucket, key } = parseAddress(address)
  const resultKey = `${key}${RESULT_SUFFIX}`
  if (Buffer.byteLength(resultKey) > MAX_KEY_BYTES) {
    throw new Error(`${address} has a key to which ${RESULT_SUFFIX} cannot be added: S3 takes ${MAX_KEY_BYTES} bytes`)
  }
  const name = basename(key)
  const known = format ?? formatOfName(name)
  const client = s3Client(s3Endpoint)
  const { version, etag, bytes } = await head(client, { address, bucket, key })
  const objects = s3Objects(client, bucket)
  const object = { key, ...(version !== undefined && { version }), ...(etag !== undefined && { etag }) }
  const source = bytes === 0 ? NO_BYTES : objectSource(objects, object, bytes)
  const input = await openBytes({ name, address, format: known, source, bytes }, signal)
  return {
    input,
    origin: {
      Bucket: bucket,
      Key: key,
      ...(version !== undefined && { VersionId: version }),
      ETag: etag,
      ResultKey: resultKey,
    },
    resultName: `s3://${bucket}/${resultKey}`,
    saveResult: async (chunks) => void (await objects.write(resultKey, chunks)),
  }
}

const NO_BYTES: ByteSource = async function* () {}

function parseAddress(address: string): { bucket: string; key: string } {
  const [, bucket, key] = ADDRESS.exec(address) ?? []
  if (bucket !== undefined && key !== undefined) return { bucket, key }
  throw new Error(`${address} names no object: it must be s3://bucket/key`)
}

/** S3 by other names than AWS's seldom has one for each bucket. */
function s3Client(endpoint: string | undefined): S3Client {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env
  const forcePathStyle = (endpoint ?? AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined
  return new S3Client({ forcePathStyle, followRegionRedirects: true, ...(endpoint !== undefined && { endpoint }) })
}

async function head(client: S3Client, { address, bucket, key }: { address: string; bucket: string; key: string }) {
  try {
    const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    const { VersionId: version, ETag: etag, ContentLength: bytes = 0 } = found
    // Objects that are older than the versions of their bucket.
    return { version: version === 'null' ? undefined : version, etag, bytes }
  } catch (error) {
    throw new Error(`${address} cannot be read: ${reasonOf(error)}`, { cause: error })
  }
}

/** Answers to HeadObject have no body that would say more than their status. */
function reasonOf(error: unknown): string {
  const { $metadata, name, message } = error as Error & Partial<S3ServiceException>
  const status = $metadata?.httpStatusCode
  if (status === 404) return 'there is no such object'
  if (status === 403)
    return 'S3 denies access (s3:GetObject), or there is no such object and no right to know (s3:ListBucket)'
  if (status !== undefined) return `S3 has answered with status ${status}`
  return name === 'Error' ? message : `${name}: ${message}`
}

interface Bytes {
  name: string
  address: string
  format: Format | undefined
  source: ByteSource
  bytes: number
}

async function openBytes({ address, ...named }: Bytes, signal: AbortSignal): Promise<Input> {
  const decompressor = decompressorOf(await readBytes(named.source, 0, HEAD_BYTES))
  if (decompressor === undefined) return await inputOf(named, async () => {})
  const copied = await temporaryCopy([Readable.from(named.source(0)), ...decompressor()], address, signal)
  return await inputOfFile(named, copied)
}
