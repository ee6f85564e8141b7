import fc from 'fast-check'
import { isRaw, nested, type Path, type Raw, raw, replaceAt, type Tree, toJson } from './json.ts'
import type { Input, Place } from './request.ts'
import type { Shape, Structure } from './shapes.ts'

/** An input that breaks the service model in one place. */
export interface BadInput {
  kind: string
  input: Input
  path: Path
  /** True when the JSON types are right and only a length, a range, a pattern or an enum is not. */
  isConstraint: boolean
  names: string[]
}

/** A place in an input: what the model says of it, and what stands there; nothing where an optional member is absent. */
interface Location {
  path: Path
  shape: Shape
  value: Tree | undefined
  isRequired: boolean
}

interface Change {
  kind: string
  value: Tree | undefined
  isConstraint: boolean
  names: string[]
}

const MAX_QUOTED_CHARS = 100

/** Inputs that break the model in a single place, made from a valid one. `placeOf` says where a member travels. */
export function badInputs(shape: Structure, valid: Input, placeOf: (member: string) => Place): fc.Arbitrary<BadInput> {
  const locations = locate(shape, valid, [], true).flatMap((location) => {
    const member = location.path[0]
    const place = member === undefined ? 'body' : placeOf(String(member))
    const changes = changesOf(location, place)
    return changes === undefined ? [] : [{ location, changes }]
  })
  if (Object.keys(shape.members).some((member) => placeOf(member) === 'body')) {
    locations.push({
      location: { path: [], shape, value: valid, isRequired: true },
      changes: unknownMember(shape, valid),
    })
  }
  return fc
    .constantFrom(...locations)
    .chain(({ location: { path }, changes }) =>
      changes.map(({ value, ...told }) => ({ ...told, path, input: replaceAt(valid, path, value) as Input })),
    )
}

function locate(shape: Shape, value: Tree | undefined, path: Path, isRequired: boolean): Location[] {
  const here: Location = { path, shape, value, isRequired }
  if (value === undefined || isRaw(value)) return [here]
  if (shape.type === 'list' && Array.isArray(value)) {
    return [here, ...value.flatMap((item, index) => locate(shape.item, item, [...path, index], true))]
  }
  if (shape.type !== 'structure') return [here]
  const members = value as Input
  const below = Object.entries(shape.members).flatMap(([name, member]) =>
    locate(member, members[name], [...path, name], shape.required.includes(name)),
  )
  return path.length === 0 ? below : [here, ...below]
}

/** What can be wrong at a place; undefined when nothing can, as for a free text in the query. */
function changesOf(location: Location, place: Place): fc.Arbitrary<Change> | undefined {
  const { shape, path, isRequired, value } = location
  const kinds: fc.Arbitrary<Change>[] = []
  const isListItem = typeof path.at(-1) === 'number'
  if (place === 'body') kinds.push(wrongType(shape), ...(isRequired ? [absent(path, null)] : []))
  if (place !== 'path' && isRequired && !isListItem && value !== undefined) kinds.push(absent(path, undefined))
  if (shape.type === 'structure' && value !== undefined) kinds.push(unknownMember(shape, value as Input))
  if (shape.type === 'string') kinds.push(...badText(shape, place))
  if (shape.type === 'integer') kinds.push(badInteger(shape.min, shape.max))
  if (shape.type === 'list') kinds.push(...badLength(shape, value, place))
  return kinds.length === 0 ? undefined : fc.oneof(...kinds)
}

const SAMPLES: { [type: string]: Tree[] } = {
  string: ['', 'text', '1', 'true', 'null'],
  number: [0, 1, -1, 0.5, 1e21, raw('1e999')],
  boolean: [true, false],
  list: [[], [[]], ['a'], [1, 'a'], nested(40), nested(5_000), nested(120_000)],
  structure: [{}, { a: 1 }, { Value: 'a', Unit: 1 }, { length: 1, 0: 'a' }],
}

const JSON_TYPE: { [type in Shape['type']]: string } = {
  string: 'string',
  integer: 'number',
  timestamp: 'number',
  boolean: 'boolean',
  list: 'list',
  structure: 'structure',
}

function wrongType(shape: Shape): fc.Arbitrary<Change> {
  const right = JSON_TYPE[shape.type]
  const wrong = Object.entries(SAMPLES).flatMap(([type, values]) => (type === right ? [] : values))
  return fc.constantFrom(...wrong).map((value) => ({
    kind: `not a ${right}`,
    value,
    isConstraint: false,
    names: isRaw(value) || typeof value === 'object' ? [] : [String(value)],
  }))
}

function absent(path: Path, value: null | undefined): fc.Arbitrary<Change> {
  const name = path.findLast((key) => typeof key === 'string') ?? ''
  return fc.constant({
    kind: value === null ? 'null' : 'missing',
    value,
    isConstraint: false,
    names: [`${name.charAt(0).toLowerCase()}${name.slice(1)}`],
  })
}

const MEMBER_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '',
  ' ',
  'Nope',
  'Größe',
  '0',
]

function unknownMember(shape: Structure, value: Input): fc.Arbitrary<Change> {
  const near = Object.keys(shape.members).flatMap((name) => [name.toLowerCase(), `${name}s`, `${name} `])
  const name = fc.oneof(
    fc.constantFrom(...MEMBER_NAMES),
    fc.constantFrom(...near, 'Nope'),
    fc.string({ unit: 'binary' }),
  )
  const known = (member: string) => Object.hasOwn(shape.members, member)
  const content = fc.constantFrom<Tree>(null, 0, 'text', true, [], {}, nested(3_000))
  return fc
    .tuple(
      name.filter((member) => !known(member)),
      content,
    )
    .map(([member, added]) => ({
      kind: 'unknown member',
      value: replaceAt(value, [member], added),
      isConstraint: false,
      names: [],
    }))
}

const ODD_TEXTS = [
  ...[
    '',
    ' ',
    'a b',
    '-a',
    '_a',
    'a-',
    'a_',
    'é',
    'a/b',
    'a\u0000',
    'a\n',
    '\ta',
    "a'",
    'a"',
    '<a>',
    '../..',
    '.',
    '$',
  ],
  ...[
    '\u202e',
    '\ufeff',
    '\uffff',
    '💣',
    'arn:aws:sagemaker:us-east-1:000000000000:feature-group/',
    'a'.repeat(300),
    '*',
  ],
  ...[
    'onlinestore',
    'OnlineStore ',
    'Enabled\u0000',
    'ENABLED',
    'Hour',
    'arn:aws:iam::1:role/x',
    's3:/bucket',
    'ftp://b/',
  ],
]

function badText(shape: Extract<Shape, { type: 'string' }>, place: Place): fc.Arbitrary<Change>[] {
  const { min, max, pattern, values } = shape
  const kinds: fc.Arbitrary<Change>[] = []
  const isGood = (text: string) =>
    [...text].length >= min && (pattern?.test(text) ?? true) && (values?.includes(text) ?? true)
  if (pattern !== undefined || values !== undefined) {
    const texts = fc.oneof(fc.constantFrom(...ODD_TEXTS), fc.string({ unit: 'binary', maxLength: 20 }))
    kinds.push(texts.filter((text) => !isGood(text)).map(textChange('a text outside the pattern or the values')))
  } else if (min > 0) kinds.push(fc.constant(textChange('too short')('')))
  if (values === undefined && max < 10_000) {
    const unit = fc.constantFrom('x', ...(pattern === undefined && place === 'body' ? ['é', '💣'] : []))
    const length = fc.constantFrom(max + 1, max * 2)
    kinds.push(fc.tuple(unit, length).map(([one, count]) => textChange('too long')(one.repeat(count))))
  }
  if (place === 'body') {
    const lone = fc.constantFrom<Raw>(
      raw('"\\ud800"'),
      raw('"a\\udfffb"'),
      raw('"\\udc00\\ud800"'),
      raw('"Enabled\\ud83d"'),
    )
    kinds.push(lone.map((value) => ({ kind: 'unpaired surrogate', value, isConstraint: true, names: [] })))
  }
  return kinds
}

function textChange(kind: string): (text: string) => Change {
  return (text) => ({ kind, value: text, isConstraint: true, names: [text.slice(0, MAX_QUOTED_CHARS)] })
}

function badInteger(min: number, max: number): fc.Arbitrary<Change> {
  const whole = fc.oneof(
    fc.constantFrom(min - 1, max + 1),
    fc.integer({ max: min - 1 }),
    fc.double({ min: max + 1, noNaN: true, noDefaultInfinity: true }).map(Math.floor),
  )
  const fraction = fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((value) => !Number.isInteger(value))
  const number = fc.oneof(whole, fraction).map((value) => ({ value: value as Tree, names: [toJson(value)] }))
  const huge = fc.constantFrom('1e999', '-1e999', '1e400', '0.1e1', '1.00000000001').map((text) => text)
  const literal = huge
    .filter((text) => !(Number.isInteger(Number(text)) && Number(text) >= min && Number(text) <= max))
    .map((text) => ({ value: raw(text) as Tree, names: [] as string[] }))
  return fc
    .oneof(number, literal)
    .map((change) => ({ ...change, kind: 'not in the range of integers', isConstraint: true }))
}

function badLength(
  shape: Extract<Shape, { type: 'list' }>,
  value: Tree | undefined,
  place: Place,
): fc.Arbitrary<Change>[] {
  const kinds: fc.Arbitrary<Change>[] = []
  const items = Array.isArray(value) ? value : []
  const [first] = items
  if (place === 'body') {
    if (shape.min > 0) kinds.push(fc.constant({ kind: 'too few', value: [], isConstraint: true, names: [] }))
    if (first !== undefined) {
      const withNull = fc.constantFrom<Tree[]>([...items, null], [null, ...items])
      kinds.push(withNull.map((list) => ({ kind: 'null in a list', value: list, isConstraint: false, names: [] })))
    }
  }
  if (first !== undefined && shape.max <= 2_500) {
    const length = shape.max > 100 ? fc.constant(shape.max + 1) : fc.integer({ min: shape.max + 1, max: shape.max * 3 })
    kinds.push(
      length.map((count) => ({
        kind: 'too many',
        value: Array.from({ length: count }, () => first),
        isConstraint: true,
        names: [],
      })),
    )
  }
  return kinds
}
