import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const VERSION = '2.6.1'
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache')

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>cairn</groupId>
  <artifactId>dynamodb-local</artifactId>
  <version>${VERSION}</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`

/** Has Maven fetch DynamoDB Local with its native SQLite, once; gives the folder of its libraries. */
export function installDynamodbLocal(): string {
  const installed = join(CACHE, `dynamodb-local-${VERSION}`)
  if (existsSync(installed)) return installed
  process.stderr.write(`fetching DynamoDB Local ${VERSION} with Maven (once)\n`)
  mkdirSync(CACHE, { recursive: true })
  const unfinished = mkdtempSync(join(CACHE, 'dynamodb-local-'))
  writeFileSync(join(unfinished, 'pom.xml'), POM)
  const goal = ['dependency:copy-dependencies', '-DoutputDirectory=.']
  const mvn = spawnSync('mvn', ['-B', '-q', ...goal], { cwd: unfinished, stdio: ['ignore', 2, 2] })
  if (mvn.error !== undefined)
    throw new Error('Maven (mvn) must be installed to fetch DynamoDB Local', { cause: mvn.error })
  if (mvn.status !== 0) throw new Error(`mvn ended with status ${mvn.status}`)
  renameSync(unfinished, installed)
  return installed
}
