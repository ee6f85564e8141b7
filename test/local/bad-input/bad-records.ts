import type fc from 'fast-check'
import { badPuts } from './bad-puts.ts'
import { badDeletes, badLists, badReads } from './bad-reads.ts'
import { badUpdates } from './bad-updates.ts'
import type { ForbiddenInput } from './forbidden-input.ts'
import type { OperationName } from './shapes.ts'

/** Inputs of the data plane that must be refused for what the store holds. A batch write has one entry. */
export const FORBIDDEN_RECORDS: { [operation in OperationName]?: fc.Arbitrary<ForbiddenInput> } = {
  PutRecord: badPuts,
  BatchWriteRecord: badPuts.map(({ input, ...rest }) => ({
    ...rest,
    ...(rest.kind === 'a group that there is not' && { code: 'ResourceNotFound' }),
    input: { Entries: [input] },
  })),
  UpdateRecord: badUpdates,
  DeleteRecord: badDeletes,
  GetRecord: badReads,
  ListRecords: badLists,
}
