import { athenaDataset } from '../../local/dataset/athena-dataset.ts'
import { writeDataset } from '../../local/dataset/dataset.ts'
import { groupNamed } from '../../local/history/group-named.ts'
import { openHistories } from '../../local/history/histories.ts'
import type { NamedFeatures } from '../arguments/group-choice.ts'
import { print } from '../output.ts'
import { athenaGroups } from './athena-groups.ts'
import type { HistoryOptions } from './history-options.ts'
import { interruptible } from './interruptible.ts'
import { percentBar } from './percent-bar.ts'
import { warnOfWaiting } from './warn-of-waiting.ts'

export interface MakeDatasetOptions extends HistoryOptions {
  base: string
  id: string
  time: string
  group: NamedFeatures[]
  output: string
  writeTimeAsOf?: number
}

/** Makes the training set and says how large it is. Answers the exit status. */
export async function makeDataset(options: MakeDatasetOptions): Promise<number> {
  const { output, writeTimeAsOf: writtenBy } = options
  const histories = openHistories(options.data)
  const choices = choose(histories.groups, options.group)
  return await interruptible(async (signal) => {
    const bar = percentBar('joining', process.stderr.isTTY)
    let rows: number
    try {
      rows = await writeDataset(histories, { ...options, choices, writtenBy, signal, onProgress: bar.update })
    } finally {
      bar.stop()
    }
    process.stderr.write(`${rows} ${rows === 1 ? 'row' : 'rows'} written to ${output}\n`)
    warnOfWaiting(histories)
  })
}

/** Prints the query that makes the training set in Athena. Answers the exit status. */
export async function printAthenaDataset(options: MakeDatasetOptions & { baseTable: string }): Promise<number> {
  const groups = await athenaGroups(options.group.map(({ group }) => group).join(' '), options)
  const choices = choose(groups, options.group)
  return await interruptible(async (signal) => {
    await print(`${await athenaDataset({ ...options, choices, writtenBy: options.writeTimeAsOf, signal })}\n`)
  })
}

function choose<Group extends { FeatureGroupName: string }>(groups: Group[], named: NamedFeatures[]) {
  return named.map(({ group, features }) => ({ group: groupNamed(groups, group), features }))
}
