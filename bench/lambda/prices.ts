/** List prices in us-east-1, in dollars, and where and when they were read. */
export interface Price {
  dollars: number
  per: string
  source: string
}

export const PRICES = {
  writeUnit: {
    dollars: 0.625,
    per: 'million write request units',
    source: 'DynamoDB on demand, price list of 2026-09',
  },
  readUnit: { dollars: 0.125, per: 'million read request units', source: 'DynamoDB on demand, price list of 2026-09' },
  firehose: {
    dollars: 0.075,
    per: 'GB, without rounding',
    source: 'Firehose, direct put to Iceberg, AWS cost table of 2026',
  },
  api: { dollars: 1, per: 'million requests of up to 512 KB', source: 'API Gateway HTTP API, not checked in 2026' },
  invocation: { dollars: 0.2, per: 'million invocations', source: 'Lambda, not checked in 2026' },
  compute: { dollars: 0.0000133334, per: 'GB-second on arm64', source: 'Lambda, not checked in 2026' },
  logs: { dollars: 0.5, per: 'GB taken in', source: 'CloudWatch Logs, not checked in 2026' },
  sageMakerWriteUnit: {
    dollars: 1.25,
    per: 'million write request units',
    source: 'SageMaker Feature Store, Standard on demand, not checked against the price list',
  },
  sageMakerReadUnit: {
    dollars: 0.25,
    per: 'million read request units',
    source: 'SageMaker Feature Store, Standard on demand, not checked against the price list',
  },
} satisfies { [name: string]: Price }
