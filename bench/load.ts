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

/** The middle one by its rate of as many runs as asked for, after a short one that does not count. */
export async function medianLoad(
  options: LoadOptions,
  { seconds, runs }: { seconds: number; runs: number },
): Promise<Load> {
  await load(options, { seconds: 1 })
  const loads: Load[] = []
  for (let run = 0; run < runs; run++) loads.push(await load(options, { seconds }))
  loads.sort((a, b) => a.requestsPerSecond - b.requestsPerSecond)
  return loads[Math.floor(runs / 2)] ?? { requestsPerSecond: 0, p99: 0 }
}
