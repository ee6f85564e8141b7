/**
 * The environment variables of the Lambdas: the CDK app sets them, the handlers read them. `ACCOUNT` is the account that
 * ARNs name, `WAREHOUSE` the `s3://` place of the Iceberg tables, `OPTIMIZER_ROLE` the ARN of the role that compacts them. `UNDO_DAYS`
 * says for how long a delete session can be undone, `WORK_GROUP` is Athena's, `SETTLE_SECONDS` how long a row may be on
 * its way to its table, and `EXTRACTS` the `s3://` place where restores leave what they read. `CAIRN_IGNORE_DELETE` names
 * delete sessions that no restore honours.
 */
export type Variable =
  | 'ACCOUNT'
  | 'CATALOG_TABLE'
  | 'GROUP_MAX_AGE_SECONDS'
  | 'ONLINE_TABLE'
  | 'HISTORY_STREAM'
  | 'OUTBOX_URL'
  | 'JOBS_URL'
  | 'INGEST_URL'
  | 'DEAD_LETTERS_URL'
  | 'FILES_BUCKET'
  | 'FILES_URL'
  | 'SHARD_COUNT'
  | 'DATABASE'
  | 'WAREHOUSE'
  | 'OPTIMIZER_ROLE'
  | 'UNDO_DAYS'
  | 'WORK_GROUP'
  | 'SETTLE_SECONDS'
  | 'EXTRACTS'
  | 'CAIRN_IGNORE_DELETE'

/** The values of these variables and the region. Throws for those that are not set, naming them. */
export function readEnvironment<Name extends Variable>(...names: Name[]): Record<Name | 'AWS_REGION', string> {
  const wanted = [...names, 'AWS_REGION' as const]
  const missing = wanted.filter((name) => (process.env[name] ?? '') === '')
  if (missing.length > 0) throw new Error(`environment variables that must be set are not: ${missing.join(', ')}`)
  return Object.fromEntries(wanted.map((name) => [name, process.env[name]])) as Record<Name | 'AWS_REGION', string>
}

/** The values in a variable, between commas; none when it is not set. */
export function readEnvironmentList(name: Variable): string[] {
  return (process.env[name] ?? '').split(',').filter((value) => value !== '')
}
