export const GROUP = 'loans'

const INTENTS = ['PERSONAL', 'EDUCATION', 'MEDICAL', 'VENTURE', 'HOMEIMPROVEMENT', 'DEBTCONSOLIDATION']
const OWNERSHIP = ['RENT', 'OWN', 'MORTGAGE', 'OTHER']
const START = Date.UTC(2021, 7, 25)

const FEATURES = {
  loan_id: 'String',
  event_time: 'String',
  zipcode: 'Integral',
  person_age: 'Integral',
  person_income: 'Integral',
  person_home_ownership: 'String',
  person_emp_length: 'Fractional',
  loan_intent: 'String',
  loan_amnt: 'Integral',
  loan_int_rate: 'Fractional',
} as const

/** The group of the records below: ten features, both stores. */
export const GROUP_REQUEST = {
  FeatureGroupName: GROUP,
  RecordIdentifierFeatureName: 'loan_id',
  EventTimeFeatureName: 'event_time',
  FeatureDefinitions: Object.entries(FEATURES).map(([FeatureName, FeatureType]) => ({ FeatureName, FeatureType })),
  OnlineStoreConfig: { EnableOnlineStore: true },
  OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bench/offline' } },
}

/** The identifier of the record of that number. */
export function identifierOf(number: number): string {
  return `loan-${String(number).padStart(9, '0')}`
}

/** The JSON text of a record: the same for the same number, wherever it is made. */
export function recordJson(number: number): string {
  const mixed = Math.imul(number + 1, 2_654_435_761) >>> 0
  const values: { [feature in keyof typeof FEATURES]: string | number | undefined } = {
    loan_id: identifierOf(number),
    event_time: new Date(START + number * 100).toISOString(),
    zipcode: 10_000 + (mixed % 89_999),
    person_age: 18 + (mixed % 70),
    person_income: 4_000 + (mixed % 196_000),
    person_home_ownership: OWNERSHIP[mixed % OWNERSHIP.length],
    person_emp_length: `${mixed % 40}.0`,
    loan_intent: INTENTS[mixed % INTENTS.length],
    loan_amnt: 500 + (mixed % 345) * 100,
    loan_int_rate: (5 + (mixed % 1_800) / 100).toFixed(2),
  }
  const pairs = Object.entries(values).map(([name, value]) => `{"FeatureName":"${name}","ValueAsString":"${value}"}`)
  return `[${pairs}]`
}

export function putBody(number: number): string {
  return `{"Record":${recordJson(number)}}`
}

/** The body of a BatchWriteRecord for the records from `first` on. */
export function batchBody(first: number, count: number): string {
  const entries = Array.from({ length: count }, (_, index) => {
    return `{"FeatureGroupName":"${GROUP}","Record":${recordJson(first + index)}}`
  })
  return `{"Entries":[${entries}]}`
}
