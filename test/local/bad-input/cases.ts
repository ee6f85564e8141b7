import fc from 'fast-check'
import { FORBIDDEN_GROUPS } from './bad-groups.ts'
import { FORBIDDEN_RECORDS } from './bad-records.ts'
import { type BadInput, badInputs } from './body-mutations.ts'
import type { BadCase, Refusal } from './expectation.ts'
import type { ForbiddenInput } from './forbidden-input.ts'
import { badHttp } from './http-mutations.ts'
import { hasBody, type Input, placeOf, toBytes, toRequest } from './request.ts'
import { isRuntime, type OperationName, SHAPES } from './shapes.ts'
import { badBodies } from './text-mutations.ts'

/** Bad requests of an operation, each made from a valid one by spoiling one thing. */
export function badCases(operation: OperationName, valid: [full: Input, small: Input]): fc.Arbitrary<BadCase> {
  const forbidden = FORBIDDEN_RECORDS[operation] ?? FORBIDDEN_GROUPS[operation]
  const kinds: fc.WeightedArbitrary<BadCase>[] = valid.flatMap((input) => [
    { arbitrary: fromModel(operation, input), weight: 5 },
    { arbitrary: badHttp(operation, toRequest(operation, input)), weight: 2 },
  ])
  if (hasBody(operation)) valid.map((input) => kinds.push({ arbitrary: fromText(operation, input), weight: 2 }))
  if (forbidden !== undefined) kinds.push({ arbitrary: fromStore(operation, forbidden), weight: 4 })
  return fc.oneof(...kinds).map((bad) => ({
    ...bad,
    [fc.toStringMethod]: () => `${bad.kind}: ${bad.bytes.toString('latin1', 0, 1_000)}`,
  }))
}

function fromModel(operation: OperationName, valid: Input): fc.Arbitrary<BadCase> {
  return badInputs(SHAPES[operation], valid, (member) => placeOf(operation, member)).map((bad) => ({
    kind: bad.kind,
    bytes: toBytes(toRequest(operation, bad.input)),
    refusal: modelRefusal(operation, bad),
  }))
}

/** A batch entry that only breaks a constraint fails alone; whatever else breaks the model fails the whole request. */
function modelRefusal(operation: OperationName, { path, isConstraint, names }: BadInput): Refusal {
  const isOfEntry = operation === 'BatchWriteRecord' && isConstraint && path[0] === 'Entries' && path.length > 1
  return { status: 400, code: isRuntime(operation) ? 'ValidationError' : 'ValidationException', names, isOfEntry }
}

function fromText(operation: OperationName, valid: Input): fc.Arbitrary<BadCase> {
  const request = toRequest(operation, valid)
  const code = isRuntime(operation) ? 'ValidationError' : 'SerializationException'
  return badBodies(request.body ?? Buffer.from('{}')).map(({ kind, body }) => ({
    kind,
    bytes: toBytes({ ...request, body }),
    // A body of objects in objects is JSON, with a member that nobody knows.
    refusal: { status: 400, ...(kind !== 'deep nesting' && { code }) },
  }))
}

function fromStore(operation: OperationName, forbidden: fc.Arbitrary<ForbiddenInput>): fc.Arbitrary<BadCase> {
  return forbidden.map(({ kind, input, status = 400, code, names }) => ({
    kind,
    bytes: toBytes(toRequest(operation, input)),
    refusal: {
      status,
      code: code ?? (isRuntime(operation) ? 'ValidationError' : 'ValidationException'),
      names,
      isOfEntry: operation === 'BatchWriteRecord',
    },
  }))
}
