import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface S3Answer {
  status: number
  body: string | Buffer
  headers?: { [name: string]: string }
}

/** Keys on a page of a listing. */
const PAGE = 2

/**
 * Starts an S3 with one bucket, by its path: lists, objects and parts of them, and their removal. `calls` has what was
 * asked.
 */
export async function startS3(bucket: string) {
  const objects = new Map<string, Buffer>()
  const calls: string[] = []
  /** What is answered in place of the next answer. */
  const faults: S3Answer[] = []

  function list(url: URL): S3Answer {
    const after = url.searchParams.get('continuation-token') ?? ''
    const prefix = url.searchParams.get('prefix') ?? ''
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
    const page = keys.slice(0, PAGE)
    const contents = page.map((key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length}</Size></Contents>`)
    const next = keys.length > PAGE ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
    const isTruncated = `<IsTruncated>${keys.length > PAGE}</IsTruncated>`
    return { status: 200, body: `<ListBucketResult>${contents.join('')}${isTruncated}${next}</ListBucketResult>` }
  }

  function part(key: string, range = ''): S3Answer {
    const object = objects.get(key)
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? []
    if (object === undefined) return { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }
    if (range === '') return { status: 200, body: object }
    if (Number(start) >= object.length) return { status: 416, body: '<Error><Code>InvalidRange</Code></Error>' }
    return { status: 206, body: object.subarray(Number(start), Number(end) + 1) }
  }

  async function answer(message: IncomingMessage): Promise<S3Answer> {
    const url = new URL(message.url ?? '', 'http://s3')
    const [, name, ...rest] = decodeURIComponent(url.pathname).split('/')
    const key = rest.join('/')
    const body = Buffer.concat(await message.toArray())
    calls.push(`${message.method} ${key || url.searchParams.keys().next().value}`)
    const fault = faults.shift()
    if (fault !== undefined) return fault
    if (name !== bucket) return { status: 404, body: '<Error><Code>NoSuchBucket</Code></Error>' }
    if (message.method === 'GET') return key === '' ? list(url) : part(key, message.headers.range)
    if (message.method === 'PUT') {
      objects.set(key, body)
      return { status: 200, body: '' }
    }
    for (const [, removed = ''] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) objects.delete(removed)
    return { status: 200, body: '<DeleteResult></DeleteResult>' }
  }

  const server = createServer(async (message, reply) => {
    const { status, body, headers } = await answer(message)
    reply.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    calls,
    faults,
    async close(): Promise<void> {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
