import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { type ByteSource, readBytes } from '../../store/files/chunks.ts'
import { decompressorOf, HEAD_BYTES } from '../../store/files/compression.ts'
import { formatOfName } from '../../store/imports/file-format.ts'
import { objectSource } from '../../store/imports/object-source.ts'
import { s3Objects } from '../../store/imports/objects-s3.ts'
import type { Format } from './format.ts'
import { type ImportSource, type ImportSourceOptions, RESULT_SUFFIX } from './import-source.ts'
import { type Input, inputOf, inputOfFile } from './input.ts'
import { temporaryCopy } from './temporary-copy.ts'

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
  const name = basename(key)
  const known = format ?? formatOfName(name)
  const client = s3Client(s3Endpoint)
  const { version, etag, bytes } = await head(client, { address, bucket, key })
  const objects = s3Objects(client, bucket)
  const object = { key, ...(version !== undefined && { version }), ...(etag !== undefined && { etag }) }
  const source = bytes === 0 ? NO_BYTES : objectSource(objects, object, bytes)
  const input = await openBytes({ name, address, format: known, source, bytes }, signal)
  const resultKey = `${key}${RESULT_SUFFIX}`
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
  return new S3Client({ forcePathStyle, ...(endpoint !== undefined && { endpoint }) })
}

async function head(client: S3Client, { address, bucket, key }: { address: string; bucket: string; key: string }) {
  try {
    const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    const { VersionId: version, ETag: etag, ContentLength: bytes = 0 } = found
    // Objects that are older than the versions of their bucket.
    return { version: version === 'null' ? undefined : version, etag, bytes }
  } catch (error) {
    const { name, message } = error as Error
    const reason = name === 'NotFound' ? 'there is no such object' : `${name}: ${message}`
    throw new Error(`${address} cannot be read: ${reason}`, { cause: error })
  }
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
