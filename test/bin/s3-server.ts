import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What S3 answers to HeadObject, GetObject with a range, and PutObject, by paths that begin with the bucket. */
export async function startS3() {
  const objects = new Map<string, Buffer>()
  const ranges: string[] = []
  const hooks = { beforeRange: async (_range: string): Promise<void> => {}, knowsRanges: true }
  const denied = new Set<string>()
  const signedBy = new Set<string>()
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://s3').pathname)
    signedBy.add(
      /Credential=([^/]+)\/\d+\/([^/]+)/
        .exec(request.headers.authorization ?? '')
        ?.slice(1)
        .join(' ') ?? '',
    )
    if (request.method === 'PUT') await put(path, request, response)
    else await get(path, request, response)
  })

  async function put(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await buffer(request)
    objects.set(path, bytes)
    response.writeHead(200, { etag: etagOf(bytes) }).end()
  }

  async function get(path: string, { method, headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = objects.get(path)
    if (denied.has(path)) {
      fail(response, 403, 'AccessDenied')
      return
    }
    if (bytes === undefined) {
      fail(response, 404, 'NoSuchKey')
      return
    }
    const etag = etagOf(bytes)
    if (headers['if-match'] !== undefined && headers['if-match'] !== etag) {
      fail(response, 412, 'PreconditionFailed')
      return
    }
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec((hooks.knowsRanges && headers.range) || '') ?? []
    if (headers.range !== undefined) {
      ranges.push(headers.range)
      await hooks.beforeRange(headers.range)
    }
    const part = start === undefined ? bytes : bytes.subarray(Number(start), Number(end) + 1)
    const status = start === undefined ? 200 : 206
    response.writeHead(status, { etag, 'content-length': part.length })
    response.end(method === 'HEAD' ? undefined : part)
  }

  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The content of each object by `/bucket/key`. */
    objects,
    /** The ranges that were asked for. */
    ranges,
    /** `beforeRange` is waited for before a range is answered; without `knowsRanges` all of the object is the answer. */
    hooks,
    /** The paths that nobody may read. */
    denied,
    /** The access keys and regions of signatures. */
    signedBy,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}
