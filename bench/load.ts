import autocannon from 'autocannon'

export interface Request {
  method: 'GET' | 'PUT' | 'POST'
  path: string
  headers?: { [name: string]: string }
  body?: string
}

export interface LoadOptions {
  url: string
  connections: number
  /** Makes the next request. */
  request: () => Request
  /** True for the body of a good answer. */
  isGood: (body: string) => boolean
  onAnswer?: (body: string) => void
}

export interface Load {
  requestsPerSecond: number
  /** Milliseconds. */
  p99: number
}

/** Sends requests over so many connections for some seconds, or a number of them. Throws if an answer is not good. */
export async function load(options: LoadOptions, extent: { seconds: number } | { amount: number }): Promise<Load> {
  const { url, connections, request, isGood, onAnswer } = options
  const result = await autocannon({
    url,
    connections,
    timeout: 60,
    ...('amount' in extent ? { amount: extent.amount } : { duration: extent.seconds }),
    requests: [
      {
        setupRequest: (base) => ({ ...base, ...request() }),
        ...(onAnswer !== undefined && { onResponse: (_, body) => onAnswer(body) }),
      },
    ],
    verifyBody: (body) => isGood(String(body)),
  })
  const bad = result.non2xx + result.errors + result.timeouts + result.mismatches
  if (bad > 0)
    throw new Error(`${bad} of ${result.requests.total} requests to ${url} were not answered as they should be`)
  return { requestsPerSecond: result.requests.total / result.duration, p99: result.latency.p99 }
}

/** The length of a run, and how many of them a figure is the median of. */
export interface Extent {
  seconds: number
  runs: number
}

/** The load in the middle, by its rate. */
export function medianOf(loads: Load[]): Load {
  const sorted = loads.toSorted((a, b) => a.requestsPerSecond - b.requestsPerSecond)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('there was no run to take the median of')
  return middle
}
