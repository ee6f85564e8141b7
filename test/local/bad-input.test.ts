import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SEED } from '../seed.ts'
import { badCases } from './bad-input/cases.ts'
import { exchangeAlone, type KeptConnection, keptConnection } from './bad-input/connection.ts'
import { assertRefused, type BadCase } from './bad-input/expectation.ts'
import { tooLarge } from './bad-input/http-mutations.ts'
import { toRequest } from './bad-input/request.ts'
import { type Call, caller, GROUP, seed } from './bad-input/seeded-store.ts'
import { OPERATIONS, type OperationName } from './bad-input/shapes.ts'
import { dumpStore } from './bad-input/store-dump.ts'
import { validInputs } from './bad-input/valid-requests.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

const CASES_PER_OPERATION = 620
const WANTED_CASES = 10_000

describe(`bad input, made with seed ${SEED}`, () => {
  let server: ServerProcess
  let directory: string
  let port: number
  let connection: KeptConnection
  let call: Call
  let closeCaller: () => void
  let recordsToken: string
  let before: ReturnType<typeof dumpStore>
  let cases = 0

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cairn-bad-input-'))
    server = startServerProcess(directory, '--log-level', 'warn')
    port = (await server.ready).port
    connection = keptConnection(port)
    ;({ call, close: closeCaller } = caller(port))
    ;({ recordsToken } = await seed(call))
    before = dumpStore(directory)
  })

  afterAll(async () => {
    connection.close()
    closeCaller()
    server.kill('SIGTERM')
    await server.ended
    await rm(directory, { recursive: true })
  })

  async function refuse(bad: BadCase): Promise<void> {
    cases += 1
    const { alone, bytes } = bad
    const answer = alone ? await exchangeAlone(port, bytes, alone === 'ended') : await connection.exchange(bytes)
    assertRefused(answer, bad)
  }

  it.each(OPERATIONS)('is refused by %s', async (operation) => {
    const valid = validInputs(recordsToken)[operation]
    await fc.assert(fc.asyncProperty(badCases(operation, valid), refuse), {
      numRuns: CASES_PER_OPERATION,
      ignoreEqualValues: false,
    })
  })

  it.each<OperationName>([
    'PutRecord',
    'BatchWriteRecord',
    'ListRecords',
    'GetRecord',
    'CreateFeatureGroup',
  ])('is refused by %s when it is larger than a body may be', async (operation) => {
    const [input] = validInputs(recordsToken)[operation]
    for (const bad of tooLarge(toRequest(operation, input))) await refuse(bad)
  })

  it('leaves the stores as they were', () => {
    expect(dumpStore(directory)).toEqual(before)
  })

  it('leaves a server that answers and has nothing to complain of', async () => {
    const read = await call('GetRecord', { FeatureGroupName: GROUP.wide, RecordIdentifierValueAsString: 'seed' })
    expect(JSON.parse(read.body).Record).toHaveLength(8)
    expect(server.stderr()).toBe('')
  })

  it(`is tried in at least ${WANTED_CASES} cases`, () => {
    process.stderr.write(`bad input: ${cases} cases over ${OPERATIONS.length} operations, seed ${SEED}\n`)
    expect(cases).toBeGreaterThanOrEqual(WANTED_CASES)
  })
})
