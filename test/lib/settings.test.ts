import { App } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { readSettings } from '../../lib/settings.ts'

function read(context: { [key: string]: unknown }) {
  return readSettings(new App({ context }).node)
}

describe('the settings', () => {
  it('have a default each', () => {
    expect(read({})).toEqual({
      namePrefix: 'cairn',
      removalPolicy: 'retain',
      shardCount: 8,
      groupMaxAgeSeconds: 5,
      logRetentionDays: 90,
      bufferingSeconds: 300,
      bufferingMegabytes: 64,
      requestsPerSecond: 5_000,
      requestBurst: 2_500,
      undoDays: 7,
      ignoreDeletes: [],
      network: 'public',
      offlineDestination: 'iceberg',
      ingestQueue: 'off',
      ingestStream: 'off',
      ingestFiles: 'off',
    })
  })
  it('are read from the context, numbers as the text that the command line gives too', () => {
    const given = { 'cairn:shardCount': '32', 'cairn:bufferingSeconds': 60, 'cairn:alarmEmail': 'team@example.com' }
    expect(read(given)).toMatchObject({ shardCount: 32, bufferingSeconds: 60, alarmEmail: 'team@example.com' })
  })
  it.each([
    [
      ['first', '2026:second'],
      ['first', '2026:second'],
    ],
    ['first,2026:second', ['first', '2026:second']],
    ['', []],
  ])('have delete sessions to ignore in a list or between commas: %j', (given, names) => {
    expect(read({ 'cairn:ignoreDeletes': given }).ignoreDeletes).toEqual(names)
  })
  it("leave alone what is not the app's own", () => {
    expect(read({ '@aws-cdk/core:newStyleStackSynthesis': true, shardCount: 'x' }).shardCount).toBe(8)
  })
  it.each<[string, unknown, string]>([
    ['namePrefix', '1st', '"1st"'],
    ['namePrefix', 'a'.repeat(41), '"aaaa'],
    ['removalPolicy', 'delete', '("retain" | "destroy")'],
    ['shardCount', '0', '>=1'],
    ['shardCount', '1001', '<=1000'],
    ['shardCount', 'many', '"many"'],
    ['shardCount', 1.5, '1.5'],
    ['groupMaxAgeSeconds', '6', '<=5'],
    ['alarmEmail', 'team', '"team"'],
    ['logRetentionDays', '31', '31'],
    ['bufferingSeconds', '901', '<=900'],
    ['bufferingMegabytes', '129', '<=128'],
    ['network', 'private', '("public" | "vpc-endpoints")'],
    ['offlineDestination', 's3tables', '("iceberg" | "s3")'],
    ['ingestQueue', 'yes', '("off" | "on")'],
    ['ingestStream', 1, '("off" | "on")'],
    ['ingestFiles', 'yes', '("off" | "on")'],
    ['ingestPattern', 'detail-type', 'a JSON object that names'],
    ['ingestPattern', '[1]', 'a JSON object that names'],
    ['ingestPattern', {}, 'a JSON object that names'],
    ['ignoreDeletes', 'first, second', '" second"'],
    ['ignoreDeletes', ['-'], '"-"'],
    ['ignoreDeletes', 1, '1'],
  ])('refuse %s = %j, naming both', (name, value, told) => {
    expect(() => read({ [`cairn:${name}`]: value })).toThrow(`cairn:${name} is`)
    expect(() => read({ [`cairn:${name}`]: value })).toThrow(told)
  })
  it('refuse one that does not exist, naming those that do', () => {
    expect(() => read({ 'cairn:shards': 8 })).toThrow(
      /cairn:shards is not a setting; there are namePrefix, .*shardCount/,
    )
  })
})
