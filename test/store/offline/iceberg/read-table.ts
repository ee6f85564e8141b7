import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { icebergMetadata, icebergRead } from 'icebird'

/** What `fetch` has for http: whole files, their length, and ranges of them. */
async function fetchFile(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const url = input instanceof Request ? input.url : String(input)
  const bytes = readFileSync(fileURLToPath(url))
  const headers = { 'content-length': String(bytes.length) }
  if (init?.method === 'HEAD') return new Response(null, { headers })
  const range = /^bytes=(\d+)-(\d*)$/.exec(new Headers(init?.headers).get('range') ?? '')
  if (range === null) return new Response(bytes, { headers })
  const end = range[2] ? Number(range[2]) + 1 : bytes.length
  return new Response(bytes.subarray(Number(range[1]), end), { status: 206 })
}

const original = globalThis.fetch
globalThis.fetch = (input, init) =>
  String(input instanceof Request ? input.url : input).startsWith('file:')
    ? fetchFile(input, init)
    : original(input, init)

/** The rows of the Iceberg table in a directory, as icebird reads them from its version hint on; it refuses empty ones. */
export async function readTable(directory: string): Promise<{ [column: string]: unknown }[]> {
  const tableUrl = pathToFileURL(directory).href
  const metadata = await icebergMetadata({ tableUrl })
  if (metadata.snapshots === undefined || metadata.snapshots.length === 0) return []
  return await icebergRead({ tableUrl, metadata })
}
