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
    ['namePrefix', '1st', '"1st"; it must begin with a letter'],
    ['namePrefix', 'a'.repeat(41), 'at most 40'],
    ['namePrefix', 5, '5; it must begin with a letter'],
    ['removalPolicy', 'delete', '"delete"; it must be one of retain, destroy'],
    ['shardCount', '0', '0; it must be a whole number from 1 to 1000'],
    ['shardCount', '1001', '1001; it must be a whole number from 1 to 1000'],
    ['shardCount', 'many', '"many"; it must be a whole number from 1 to 1000'],
    ['shardCount', '', '""; it must be a whole number from 1 to 1000'],
    ['shardCount', 1.5, '1.5; it must be a whole number from 1 to 1000'],
    ['groupMaxAgeSeconds', '6', '6; it must be a whole number from 0 to 5'],
    ['alarmEmail', 'team', '"team"; it must be an e-mail address'],
    ['logRetentionDays', '31', '31; it must be one of 1, 3, 5, 7,'],
    ['logRetentionDays', '9999', '9999; it must be a whole number from 1 to 3653'],
    ['bufferingSeconds', '901', '901; it must be a whole number from 0 to 900'],
    ['bufferingMegabytes', '129', '129; it must be a whole number from 1 to 128'],
    ['undoDays', '0', '0; it must be a whole number from 1 to 365'],
    ['requestsPerSecond', '0', '0; it must be a whole number from 1 to 1000000'],
    ['requestBurst', '-1', '"-1"; it must be a whole number from 1 to 1000000'],
    ['network', 'private', '"private"; it must be one of public, vpc-endpoints'],
    ['offlineDestination', 's3tables', '"s3tables"; it must be one of iceberg, s3'],
    ['ingestQueue', 'yes', '"yes"; it must be one of off, on'],
    ['ingestStream', 1, '1; it must be one of off, on'],
    ['ingestFiles', 'yes', '"yes"; it must be one of off, on'],
    ['ingestPattern', 'detail-type', 'a JSON object that names'],
    ['ingestPattern', '[1]', 'a JSON object that names'],
    ['ingestPattern', {}, 'a JSON object that names'],
    ['ingestPattern', '{"detail-type":"Feature event"}', 'each in a list'],
    ['ingestPattern', { detail: { shop: 'north' } }, 'each in a list'],
    ['ignoreDeletes', 'first, second', '" second"; it must be names of delete sessions'],
    ['ignoreDeletes', ['-'], '"-"; it must be names of delete sessions'],
    ['ignoreDeletes', 1, '1; it must be names of delete sessions'],
  ])('refuse %s = %j, naming both and saying what is allowed', (name, value, told) => {
    expect(() => read({ [`cairn:${name}`]: value })).toThrow(`cairn:${name} is`)
    expect(() => read({ [`cairn:${name}`]: value })).toThrow(told)
  })
  it('take every form that a pattern of EventBridge may have', () => {
    const pattern = {
      source: [{ prefix: 'shop' }],
      detail: { kind: { of: [null, { exists: true }] } },
      $or: [{ a: [1] }],
    }
    expect(read({ 'cairn:ingestPattern': JSON.stringify(pattern) }).ingestPattern).toEqual(pattern)
  })
  it('refuse one that does not exist, naming those that do', () => {
    expect(() => read({ 'cairn:shards': 8 })).toThrow(
      /cairn:shards is not a setting; there are namePrefix, .*shardCount/,
    )
  })
})
