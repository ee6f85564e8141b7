import { Option } from 'commander'
import { wholeNumber } from './whole-number.ts'

const DEFAULT_CONCURRENCY = 8
/** The AWS SDK opens no more connections by default. */
const MAX_CONCURRENCY = 50

/** The option for how many requests may be under way at the same time. */
export function concurrencyOption(): Option {
  return new Option('--concurrency <count>', 'requests under way at the same time')
    .default(DEFAULT_CONCURRENCY)
    .argParser(wholeNumber(1, MAX_CONCURRENCY))
}
