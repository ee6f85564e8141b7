import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { concurrently } from '../calls/concurrently.ts'
import type { FileImport, ImportPart } from '../imports/file-import.ts'
import { catalogItems } from './dynamodb-items.ts'
import type { FileImports } from './file-imports.ts'
import { fileImportKey, importPartKey, importPartsPartition } from './keys.ts'

const IS_NEW = { ConditionExpression: 'attribute_not_exists(pk)' }
const MAX_REMOVALS_AT_ONCE = 16

type Key = ReturnType<typeof fileImportKey>

/**
 * The ledger of files in the catalog's table: an item for each file, and one for each part of it. Throws
 * ServiceUnavailable when DynamoDB does not answer.
 */
export function dynamodbFileImports(client: DynamoDBClient, table: string): FileImports {
  const items = catalogItems(client, table)

  async function textAt(key: Key): Promise<string | undefined> {
    return (await items.read(key))?.['import']?.S
  }

  /** A write that was repeated may have been made the first time. */
  async function put(key: Key, value: { revision: number }, condition: typeof IS_NEW): Promise<boolean> {
    const text = JSON.stringify(value)
    const item = { ...key, revision: { N: String(value.revision) }, import: { S: text } }
    const written = await items.write(item, condition)
    return written === 'repeated' ? (await textAt(key)) === text : written === 'written'
  }

  return {
    create: (file) => put(fileImportKey(file.id), file, IS_NEW),
    async get(id) {
      const text = await textAt(fileImportKey(id))
      return text === undefined ? undefined : (JSON.parse(text) as FileImport)
    },
    replace: (file) => put(fileImportKey(file.id), file, isRevisionBefore(file)),
    async createPart(part) {
      await put(importPartKey(part.importId, part.index), part, IS_NEW)
    },
    async part(importId, index) {
      const text = await textAt(importPartKey(importId, index))
      return text === undefined ? undefined : (JSON.parse(text) as ImportPart)
    },
    replacePart: (part) => put(importPartKey(part.importId, part.index), part, isRevisionBefore(part)),
    async parts(importId) {
      const found = await items.list(importPartsPartition(importId))
      return found.map((item) => JSON.parse(item['import']?.S ?? '') as ImportPart)
    },
    async removeParts(importId) {
      const found = await items.list(importPartsPartition(importId))
      const indexes = found.map((item) => (JSON.parse(item['import']?.S ?? '') as ImportPart).index)
      await concurrently(indexes, MAX_REMOVALS_AT_ONCE, (index) => items.remove(importPartKey(importId, index)))
    },
  }
}

/** The condition that makes a change of the revision before. */
export function isRevisionBefore({ revision }: { revision: number }) {
  return {
    ConditionExpression: 'revision = :revision',
    ExpressionAttributeValues: { ':revision': { N: String(revision - 1) } },
  }
}
