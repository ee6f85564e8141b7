import { serviceError, startEndpoint } from './json-endpoint.ts'

interface Field {
  Id: number
  Name: string
  Type: string | { type: 'list'; 'element-id': number; element: string }
  Required: boolean
}

interface Schema {
  SchemaId: number
  Fields: Field[]
}

export interface GlueTable {
  name: string
  location: string
  schemas: Schema[]
  currentSchemaId: number
  partition: { SourceId: number; Transform: string; Name: string }[]
  properties: Record<string, string>
  /** Seconds since the epoch. */
  createTime: number
  optimizers: Map<string, Record<string, unknown>>
}

export interface GlueOptions {
  /** Thrown before an operation is made; true: it is made, and then answered with a failure. @default - never */
  fails?: (operation: string) => Error | boolean | undefined
  now: () => number
}

const PRIMITIVES = new Set(['boolean', 'long', 'double', 'string', 'timestamp'])

/** Starts a Glue with one database, which holds tables to the rules of Iceberg. */
export async function startGlue(database: string, { fails = () => undefined, now }: GlueOptions) {
  const tables = new Map<string, GlueTable>()
  const calls: string[] = []

  function tableOf({ DatabaseName, Name, TableName = Name }: Record<string, unknown>): GlueTable {
    const table = DatabaseName === database ? tables.get(String(TableName)) : undefined
    if (table === undefined) throw serviceError(400, 'EntityNotFoundException', `Table ${TableName} not found.`)
    return table
  }

  const operations: Record<string, (input: Record<string, unknown>) => unknown> = {
    CreateTable(input) {
      const name = String(input['Name'])
      if (input['DatabaseName'] !== database) throw serviceError(400, 'EntityNotFoundException', 'Database not found.')
      if (!/^[a-z0-9_]{1,255}$/.test(name)) throw invalid(`a table named ${name}`)
      if (tables.has(name)) throw serviceError(400, 'AlreadyExistsException', `Table ${name} already exists.`)
      tables.set(name, newTable(name, input, now()))
      return {}
    },
    GetTable: (input) => ({ Table: describe(tableOf(input)) }),
    UpdateTable(input) {
      update(tableOf(input), input)
      return {}
    },
    DeleteTable(input) {
      tables.delete(tableOf(input).name)
      return {}
    },
    CreateTableOptimizer(input) {
      const { optimizers } = tableOf(input)
      const type = String(input['Type'])
      if (!/^\d{12}$/.test(String(input['CatalogId']))) throw invalid('an optimizer without a catalog')
      if (optimizers.has(type)) throw serviceError(400, 'AlreadyExistsException', `${type} already exists.`)
      optimizers.set(type, input['TableOptimizerConfiguration'] as Record<string, unknown>)
      return {}
    },
  }

  const endpoint = await startEndpoint({
    handle(operation, input) {
      calls.push(operation)
      const failure = fails(operation)
      if (failure instanceof Error) throw failure
      const make = operations[operation]
      if (make === undefined) throw serviceError(400, 'UnknownOperationException', operation)
      const output = make(input)
      if (failure === true) throw serviceError(500, 'InternalServiceException')
      return output
    },
  })
  return { ...endpoint, tables, calls }
}

function newTable(name: string, input: Record<string, unknown>, now: number): GlueTable {
  const { IcebergInput } = input['OpenTableFormatInput'] as { IcebergInput: Record<string, unknown> }
  const created = IcebergInput['CreateIcebergTableInput'] as {
    Location: string
    Schema: Schema
    PartitionSpec: { Fields: GlueTable['partition'] }
    Properties: Record<string, string>
  }
  if (IcebergInput['MetadataOperation'] !== 'CREATE' || IcebergInput['Version'] !== '2') throw invalid('no Iceberg v2')
  if (!/^s3:\/\/[^/]+\/.*[^/]$/.test(created.Location)) throw invalid(`the location ${created.Location}`)
  const { Location: location, Schema: schema, Properties: properties } = created
  const partition = created.PartitionSpec.Fields
  assertSchema(schema, [])
  for (const { SourceId } of partition) {
    if (!schema.Fields.some(({ Id }) => Id === SourceId)) throw invalid(`a partition by field ${SourceId}`)
  }
  const createTime = Math.floor(now / 1000)
  const rest = { partition, properties, createTime, optimizers: new Map() }
  return { name, location, schemas: [schema], currentSchemaId: schema.SchemaId, ...rest }
}

function update(table: GlueTable, input: Record<string, unknown>): void {
  const { UpdateIcebergInput } = input['UpdateOpenTableFormatInput'] as {
    UpdateIcebergInput: { UpdateIcebergTableInput: { Updates: Record<string, unknown>[] } }
  }
  for (const { Action, Schema: given, Location } of UpdateIcebergInput.UpdateIcebergTableInput.Updates) {
    const schema = given as Schema
    if (Location !== table.location) throw invalid(`another location: ${Location}`)
    if (Action === 'add-schema') {
      if (table.schemas.some(({ SchemaId }) => SchemaId === schema.SchemaId)) throw invalid('a schema id used twice')
      assertSchema(schema, table.schemas)
      table.schemas.push(schema)
    } else if (Action === 'set-current-schema') {
      if (!table.schemas.some(({ SchemaId }) => SchemaId === schema.SchemaId)) throw invalid('an unknown schema')
      table.currentSchemaId = schema.SchemaId
    } else throw invalid(`the action ${Action}`)
  }
}

/** Ids are unique, never change what they mean, and only grow; a table with rows cannot get a required column. */
function assertSchema(schema: Schema, before: Schema[]): void {
  const meanings = new Map(before.flatMap(({ Fields }) => Fields.flatMap(meaningsOf)))
  const last = Math.max(0, ...meanings.keys())
  const seen = new Set<number>()
  const names = new Set<string>()
  for (const field of schema.Fields) {
    for (const [id, meaning] of meaningsOf(field)) {
      if (seen.has(id)) throw invalid(`field id ${id} is there twice`)
      seen.add(id)
      const known = meanings.get(id)
      if (known !== undefined && known !== meaning) throw invalid(`field id ${id} was ${known} and is ${meaning}`)
      if (known === undefined && before.length > 0 && (id <= last || field.Required)) throw invalid(`new field ${id}`)
    }
    if (field.Name !== field.Name.toLowerCase() || names.has(field.Name)) throw invalid(`the name ${field.Name}`)
    names.add(field.Name)
  }
}

function meaningsOf({ Id, Name, Type }: Field): [number, string][] {
  if (typeof Type === 'string') return [[Id, primitive(Name, Type)]]
  return [
    [Id, `${Name} list`],
    [Type['element-id'], primitive(`element of ${Name}`, Type.element)],
  ]
}

function primitive(name: string, type: string): string {
  if (!PRIMITIVES.has(type)) throw invalid(`the type ${type}`)
  return `${name} ${type}`
}

function describe({ name, location, schemas, currentSchemaId, createTime }: GlueTable) {
  const schema = schemas.find(({ SchemaId }) => SchemaId === currentSchemaId)
  return {
    Name: name,
    CreateTime: createTime,
    Parameters: { table_type: 'ICEBERG', metadata_location: `${location}/metadata/00000.metadata.json` },
    StorageDescriptor: { Location: location, Columns: schema?.Fields.map(({ Name }) => ({ Name })) },
  }
}

function invalid(what: string): Error {
  return serviceError(400, 'InvalidInputException', `not valid: ${what}`)
}
