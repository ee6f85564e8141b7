import fc from 'fast-check'

/** A body that is no JSON object, made from the text of one. */
export interface BadBody {
  kind: string
  body: Buffer
}

const NOT_OBJECTS = ['[]', '[{}]', '"text"', '0', '-1e5', 'true', 'null', '[[["a"]]]', ' [] ']
const NOT_JSON = [
  ...[
    '{',
    '}',
    '{]',
    '[}',
    '{}{}',
    '{},',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    "{'a':1}",
    '{"a":1,}',
    '{,}',
    '{"a":01}',
    '{"a":+1}',
  ],
  ...[
    '{"a":.5}',
    '{"a":1.}',
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":undefined}',
    '{"a":0x10}',
    '{"a":"\\x41"}',
    '{"a":"\\u12"}',
  ],
  ...[
    '{"a":tru}',
    '{"a":1 /* one */}',
    '{"a":1} // one',
    '// {}',
    'undefined',
    'a=1&b=2',
    '<a/>',
    '---\na: 1',
    '\u00a0{}',
  ],
]

/** Bytes that are no part of any UTF-8 text: stray, overlong, of a surrogate, past the last character, cut off. */
const NOT_UTF8 = [
  [0xff],
  [0xfe, 0xff],
  [0x80],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xc3],
  [0xe2, 0x82],
]

const DEPTHS = [100, 20_000, 1_000_000]

/** Bodies that are not JSON, not UTF-8 or not an object, made from the text of a valid one. */
export function badBodies(valid: Buffer): fc.Arbitrary<BadBody> {
  const anywhere = fc.nat({ max: valid.length - 1 })
  const cut = fc.integer({ min: 1, max: valid.length - 1 }).map((length) => ({
    kind: 'JSON that is cut off',
    body: valid.subarray(0, length),
  }))
  const control = fc.tuple(anywhere, fc.constantFrom(0, 1, 7, 8, 11, 31)).map(([at, byte]) => ({
    kind: 'a control character in JSON',
    body: inserted(valid, at, [byte]),
  }))
  const bytes = fc.tuple(anywhere, fc.constantFrom(...NOT_UTF8)).map(([at, added]) => ({
    kind: 'bytes that are not UTF-8',
    body: inserted(valid, at, added),
  }))
  const utf16 = fc.constant({ kind: 'UTF-16', body: Buffer.from(valid.toString('utf8'), 'utf16le') })
  const tail = fc.constantFrom('x', '{}', ',', '\u0000', ']', '}', '""').map((added) => ({
    kind: 'more behind the JSON',
    body: Buffer.concat([valid, Buffer.from(added)]),
  }))
  const other = fc.constantFrom(...NOT_JSON).map((text) => ({ kind: 'not JSON', body: Buffer.from(text) }))
  const value = fc.constantFrom(...NOT_OBJECTS).map((text) => ({ kind: 'not an object', body: Buffer.from(text) }))
  return fc.oneof(
    ...[cut, control, bytes, tail, other, value].map((arbitrary) => ({ arbitrary, weight: 8 })),
    { arbitrary: utf16, weight: 1 },
    { arbitrary: deep(), weight: 2 },
  )
}

function inserted(body: Buffer, at: number, bytes: number[]): Buffer {
  return Buffer.concat([body.subarray(0, at), Buffer.from(bytes), body.subarray(at)])
}

function deep(): fc.Arbitrary<BadBody> {
  const lists = (depth: number) => ['['.repeat(depth), '['.repeat(depth) + ']'.repeat(depth)]
  const objects = (depth: number) => ['{"a":'.repeat(depth), `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`]
  const texts = DEPTHS.flatMap((depth) => [...lists(depth), ...objects(depth)])
  return fc.constantFrom(...texts).map((text) => ({ kind: 'deep nesting', body: Buffer.from(text) }))
}
