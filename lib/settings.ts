import { RemovalPolicy } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Node } from 'constructs'
import * as v from 'valibot'
import { SESSION_NAME } from '../store/deletes/session-name.ts'

const wholeNumber = (min: number, max: number) =>
  // `cdk -c` gives every value as text.
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))]),
    v.integer(),
    v.minValue(min),
    v.maxValue(max),
  )

const RETENTIONS = Object.values(RetentionDays).filter((days) => typeof days === 'number')
const days = (value: number): value is RetentionDays => RETENTIONS.includes(value)

/** A list of names, or one text with commas between them. */
const sessionNames = v.pipe(
  v.union([
    v.array(v.string()),
    v.pipe(
      v.string(),
      v.transform((text) => (text === '' ? [] : text.split(','))),
    ),
  ]),
  v.array(v.pipe(v.string(), v.regex(SESSION_NAME))),
)

/** A pattern of EventBridge as it is, or as JSON text. */
const eventPattern = v.pipe(
  v.unknown(),
  v.transform((value) => (typeof value === 'string' ? parsed(value) : value)),
  v.guard(isPattern, 'it must be a JSON object that names what an event has to match'),
)

/** The value of a JSON text; the text itself when it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function isPattern(value: unknown): value is { [member: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
}

/**
 * What a team can choose about its deployment. Each setting comes from the CDK context, as `cairn:<setting>`: in
 * `cdk.json` or with `cdk deploy -c cairn:shardCount=32`.
 */
const SETTINGS = v.strictObject({
  /** The name of the stack, which all generated names begin with: one for each deployment in an account and region. */
  namePrefix: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/)), 'cairn'),
  /** Whether the tables, the bucket and the history in it stay when the stack is deleted: `retain` or `destroy`. */
  removalPolicy: v.optional(v.picklist(['retain', 'destroy']), 'retain'),
  /** Over how many partitions the records of a new feature group are spread: 1,000 writes a second for each. */
  shardCount: v.optional(wholeNumber(1, 1_000), 8),
  /**
   * For how many seconds a function may go by what it knows of a feature group: 0 to 5. Deleting a group takes as long;
   * with 0, each request reads the definition once more.
   */
  groupMaxAgeSeconds: v.optional(wholeNumber(0, 5), 5),
  /** Who gets the alarms by e-mail. Without it they only change state and tell the topic. */
  alarmEmail: v.optional(v.pipe(v.string(), v.email())),
  /** How many days the logs are kept: one of the numbers that CloudWatch Logs allows. */
  logRetentionDays: v.optional(v.pipe(wholeNumber(1, 3_653), v.guard(days)), RetentionDays.THREE_MONTHS),
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
  network: v.optional(v.picklist(['public', 'vpc-endpoints']), 'public'),
  /** `iceberg`: rows become Iceberg tables. `s3`: rows become JSON lines under `rows/`, for emulators without Iceberg. */
  offlineDestination: v.optional(v.picklist(['iceberg', 's3']), 'iceberg'),
  /** Whether there is a queue whose messages are events to be written: `on` or `off`. Other sources bring it along. */
  ingestQueue: v.optional(v.picklist(['off', 'on']), 'off'),
  /**
   * Makes a bus of EventBridge: its events that match this pattern, such as `{"detail-type": ["Feature event"]}`, go to
   * the queue. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
   */
  ingestPattern: v.optional(eventPattern),
  /** Whether there is a Kinesis stream whose records are events to be written: `on` or `off`. */
  ingestStream: v.optional(v.picklist(['off', 'on']), 'off'),
  /** Whether there is a bucket whose files are written to the stores, row by row: `on` or `off`. */
  ingestFiles: v.optional(v.picklist(['off', 'on']), 'off'),
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
