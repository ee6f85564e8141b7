import { RemovalPolicy } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Node } from 'constructs'
import * as v from 'valibot'
import { SESSION_NAME } from '../store/deletes/session-name.ts'

function wholeNumber(min: number, max: number) {
  const told = `it must be a whole number from ${min} to ${max}`
  // `cdk -c` gives every value as text.
  const given = v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))], told)
  return v.pipe(given, v.integer(told), v.minValue(min, told), v.maxValue(max, told))
}

function oneOf<const Value extends string>(...values: Value[]) {
  return v.picklist(values, `it must be one of ${values.join(', ')}`)
}

function text(pattern: RegExp, told: string) {
  return v.pipe(v.string(told), v.regex(pattern, told))
}

const MAX_RETENTION_DAYS = 3_653
const RETENTIONS = Object.values(RetentionDays).filter((days) => typeof days === 'number' && days <= MAX_RETENTION_DAYS)
const days = (value: number): value is RetentionDays => RETENTIONS.includes(value)

const EMAIL_TOLD = 'it must be an e-mail address'
const SESSIONS_TOLD = 'it must be names of delete sessions, in a list or with commas alone between them'

/** A list of names, or one text with commas between them. */
const sessionNames = v.pipe(
  v.union(
    [
      v.array(v.string()),
      v.pipe(
        v.string(),
        v.transform((names) => (names === '' ? [] : names.split(','))),
      ),
    ],
    SESSIONS_TOLD,
  ),
  v.array(text(SESSION_NAME, SESSIONS_TOLD)),
)

/** A pattern of EventBridge as it is, or as JSON text. */
const eventPattern = v.pipe(
  v.unknown(),
  v.transform((value) => (typeof value === 'string' ? parsed(value) : value)),
  v.guard(isPattern, 'it must be a JSON object that names what an event has to match, each in a list'),
)

/** The value of a JSON text; the text itself when it is none. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

function isPattern(value: unknown): value is { [member: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const members = Object.values(value)
  return members.length > 0 && members.every((member) => Array.isArray(member) || isPattern(member))
}

/**
 * What a team can choose about its deployment. Each setting comes from the CDK context, as `cairn:<setting>`: in
 * `cdk.json` or with `cdk deploy -c cairn:shardCount=32`.
 */
const SETTINGS = v.strictObject({
  /** The name of the stack, which all generated names begin with: one for each deployment in an account and region. */
  namePrefix: v.optional(
    text(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, 'it must begin with a letter and have at most 40 letters, digits and hyphens'),
    'cairn',
  ),
  /** Whether the tables, the bucket and the history in it stay when the stack is deleted: `retain` or `destroy`. */
  removalPolicy: v.optional(oneOf('retain', 'destroy'), 'retain'),
  /** Over how many partitions the records of a new feature group are spread: 1,000 writes a second for each. */
  shardCount: v.optional(wholeNumber(1, 1_000), 8),
  /**
   * For how many seconds a function may go by what it knows of a feature group: 0 to 5. Deleting a group takes as long;
   * with 0, each request reads the definition once more.
   */
  groupMaxAgeSeconds: v.optional(wholeNumber(0, 5), 5),
  /** Who gets the alarms by e-mail. Without it they only change state and tell the topic. */
  alarmEmail: v.optional(v.pipe(v.string(EMAIL_TOLD), v.email(EMAIL_TOLD))),
  /** How many days the logs are kept: one of the numbers that CloudWatch Logs allows. */
  logRetentionDays: v.optional(
    v.pipe(wholeNumber(1, MAX_RETENTION_DAYS), v.guard(days, `it must be one of ${RETENTIONS.join(', ')}`)),
    RetentionDays.THREE_MONTHS,
  ),
  /** For how many seconds Firehose gathers rows before it commits them to a table: 0 to 900. */
  bufferingSeconds: v.optional(wholeNumber(0, 900), 300),
  /** After how many megabytes it commits earlier: 1 to 128. */
  bufferingMegabytes: v.optional(wholeNumber(1, 128), 64),
  /** For how many days after it was accepted a delete session can be undone: 1 to 365. */
  undoDays: v.optional(wholeNumber(1, 365), 7),
  /** The delete sessions that no restore honours: a list of names, or the names between commas. */
  ignoreDeletes: v.optional(sessionNames, []),
  /** How many requests a second the API takes, over all routes. */
  requestsPerSecond: v.optional(wholeNumber(1, 1_000_000), 5_000),
  /** How many requests it takes at once above that. */
  requestBurst: v.optional(wholeNumber(1, 1_000_000), 2_500),
  /**
   * `public`: functions reach AWS over its public endpoints. `vpc-endpoints`: they run in a VPC of the stack's own,
   * without a way to the internet, and reach AWS over VPC endpoints, which cost by the hour.
   */
  network: v.optional(oneOf('public', 'vpc-endpoints'), 'public'),
  /** `iceberg`: rows become Iceberg tables. `s3`: rows become JSON lines under `rows/`, for emulators without Iceberg. */
  offlineDestination: v.optional(oneOf('iceberg', 's3'), 'iceberg'),
  /** Whether there is a queue whose messages are events to be written: `on` or `off`. Other sources bring it along. */
  ingestQueue: v.optional(oneOf('off', 'on'), 'off'),
  /**
   * Makes a bus of EventBridge: its events that match this pattern, such as `{"detail-type": ["Feature event"]}`, go to
   * the queue. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
   */
  ingestPattern: v.optional(eventPattern),
  /** Whether there is a Kinesis stream whose records are events to be written: `on` or `off`. */
  ingestStream: v.optional(oneOf('off', 'on'), 'off'),
  /** Whether there is a bucket whose files are written to the stores, row by row: `on` or `off`. */
  ingestFiles: v.optional(oneOf('off', 'on'), 'off'),
})

export type Settings = v.InferOutput<typeof SETTINGS>

const PREFIX = 'cairn:'

/** Reads the settings from the context of a CDK app. Throws for one that is unknown or not allowed, naming it. */
export function readSettings(node: Node): Settings {
  const context = Object.entries(node.getAllContext() as { [key: string]: unknown })
  const given = context.flatMap(([key, value]) => (key.startsWith(PREFIX) ? [[key.slice(PREFIX.length), value]] : []))
  const result = v.safeParse(SETTINGS, Object.fromEntries(given))
  if (result.success) return result.output
  throw new Error(`the settings are not valid: ${result.issues.map(sentence).join('; ')}`)
}

function sentence(issue: v.BaseIssue<unknown>): string {
  const name = String(issue.path?.[0]?.key)
  if (issue.expected === 'never') {
    return `${PREFIX}${name} is not a setting; there are ${Object.keys(SETTINGS.entries).join(', ')}`
  }
  return `${PREFIX}${name} is ${issue.received}; ${issue.message}`
}

/** What becomes of the things that hold data when the stack goes. */
export function removalPolicyOf({ removalPolicy }: Settings): RemovalPolicy {
  return removalPolicy === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
}
