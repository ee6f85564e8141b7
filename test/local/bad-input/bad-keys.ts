import fc from 'fast-check'
import { arnOf, EVENT_TIME } from './seeded-store.ts'

/** Texts that are no event time in a group whose event times are strings. */
export const badIsoTimes = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      'now',
      '2025-06-01',
      '2025-06-01T12:00:00',
      '2025-06-01T12:00:00+00:00',
      '2025-06-01 12:00:00Z',
      '1748779200',
    ],
    ...[
      '2025-06-01t12:00:00z',
      '2025-13-01T12:00:00Z',
      '2025-02-29T12:00:00Z',
      '2025-06-31T12:00:00Z',
      '2025-00-01T12:00:00Z',
    ],
    ...[
      '2025-06-01T24:00:00Z',
      '2025-06-01T12:60:00Z',
      '2025-06-01T12:00:60Z',
      '2025-06-01T12:00:00.0000Z',
      '2025-06-00T12:00:00Z',
    ],
    ...[
      '2025-06-01T12:00:00.Z',
      '2025-06-01T12:00:00.12Z',
      '10000-01-01T00:00:00Z',
      '-0001-01-01T00:00:00Z',
      '+002025-06-01T12:00:00Z',
    ],
    ...['2025-06-01T12:00:00Z ', '２０２５-06-01T12:00:00Z', '2025-6-1T12:00:00Z', '2025-06-01T12:00:00Z\n'],
  ),
  fc.string({ unit: 'binary' }).filter((text) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text)),
)

/** Texts that are no event time in a group whose event times are numbers. */
export const badNumberTimes = fc.oneof(
  fc.constantFrom(
    '',
    'now',
    '1e99',
    '-1e12',
    '253402300800',
    '-62167219201',
    'NaN',
    'Infinity',
    '1 ',
    '0x10',
    '.',
    EVENT_TIME,
  ),
  fc.string({ unit: 'binary' }).filter(isNoDecimal),
)

/** Identifiers of no byte, or of more than 2,048. */
export const badIdentifiers = fc.constantFrom(
  '',
  'x'.repeat(2_049),
  'é'.repeat(1_025),
  '世'.repeat(683),
  '😀'.repeat(513),
)

/** Names and ARNs of groups that there are not. */
export const unknownGroups = fc.constantFrom(
  ...['nope', 'Wide', 'constructor', '__proto__'.slice(2, 7), arnOf('nope')],
  ...[
    'arn:aws:sagemaker:eu-west-1:000000000000:feature-group/wide',
    'arn:aws:sagemaker:us-east-1:123456789012:feature-group/wide',
  ],
)

function isNoDecimal(text: string): boolean {
  return !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)
}
