import { PRICES } from './prices.ts'
import type { Usage } from './usage.ts'

const MILLION = 1_000_000
const BYTES_PER_GB = 1e9
const MEMORY_GB = 1
const METERED_REQUEST_BYTES = 512 * 1024

/** Dollars for a million records, by what they are paid for. */
export interface Cost {
  operation: string
  records: number
  tables: number
  history: number
  api: number
  functions: number
  logs: number
  /** What SageMaker asks for the same units, its offline store aside. */
  sageMaker: number
}

/** What a million records cost at list prices. Storage is not in it, nor what is paid by the hour. */
export function costOf(usage: Usage): Cost {
  const perRecord = (amount: number) => amount / usage.records
  const millions = (units: number, dollars: number) => perRecord(units) * dollars
  const gigabytes = (bytes: number, dollars: number) => (perRecord(bytes) * MILLION * dollars) / BYTES_PER_GB
  const seconds = (usage.milliseconds / 1000) * MEMORY_GB
  return {
    operation: usage.operation,
    records: usage.records,
    tables: millions(usage.writeUnits, PRICES.writeUnit.dollars) + millions(usage.readUnits, PRICES.readUnit.dollars),
    history: gigabytes(usage.firehoseBytes, PRICES.firehose.dollars),
    api: millions(Math.ceil(usage.requestBytes / METERED_REQUEST_BYTES), PRICES.api.dollars),
    functions: millions(1, PRICES.invocation.dollars) + perRecord(seconds) * MILLION * PRICES.compute.dollars,
    logs: gigabytes(usage.logBytes, PRICES.logs.dollars),
    sageMaker:
      millions(usage.writeUnits, PRICES.sageMakerWriteUnit.dollars) +
      millions(usage.readUnits, PRICES.sageMakerReadUnit.dollars),
  }
}

export function totalOf({ tables, history, api, functions, logs }: Cost): number {
  return tables + history + api + functions + logs
}
