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

const MAX_SECONDS = 600

/** Sends requests over so many connections for some seconds, a number of them, or until a promise settles. Throws if an answer is not good. */
export async function load(
  options: LoadOptions,
  extent: { seconds: number } | { amount: number } | { until: Promise<unknown> },
): Promise<Load> {
  const { url, connections, request, isGood, onAnswer } = options
  const result = await run(
    {
      url,
      connections,
      timeout: 60,
      ...('amount' in extent
        ? { amount: extent.amount }
        : { duration: 'seconds' in extent ? extent.seconds : MAX_SECONDS }),
      requests: [
        {
          // autocannon writes the length of a body into the headers that it is given: the next request has none of it.
          setupRequest: (base) => ({ ...base, headers: {}, ...request() }),
          ...(onAnswer !== undefined && { onResponse: (_, body) => onAnswer(body) }),
        },
      ],
      verifyBody: (body) => isGood(String(body)),
    },
    'until' in extent ? extent.until : undefined,
  )
  const bad = result.non2xx + result.errors + result.timeouts + result.mismatches
  if (bad > 0)
    throw new Error(`${bad} of ${result.requests.total} requests to ${url} were not answered as they should be`)
  return { requestsPerSecond: result.requests.total / result.duration, p99: result.latency.p99 }
}

function run(options: autocannon.Options, until: Promise<unknown> | undefined): Promise<autocannon.Result> {
  return new Promise((resolve, reject) => {
    const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
    const stop = () => instance.stop?.()
    until?.then(stop, stop)
  })
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
