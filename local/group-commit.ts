import type { Change, Outcome } from '../store/records/change.ts'
import type { RecordWriter } from '../store/stores.ts'
import type { Answer, Command } from './record-transaction.ts'

/** Runs commands in one transaction; an answer for each, in their order. */
export type Commit = (commands: Command[], now: number) => Promise<Answer[]>

export interface GroupCommitOptions {
  now: () => number
  /** Told of every command that could not be run. */
  onError: (error: Error) => void
}

/** More changes than this wait for no commit: about two seconds of work. */
const MAX_WAITING_CHANGES = 50_000
const MAX_CHANGES_PER_COMMIT = 4_000

interface Waiting {
  command: Command
  settle: (answer: Answer) => void
}

/**
 * A writer whose concurrent requests share commits: what arrives while one commit is under way goes into the next.
 * A request that cannot be written, or that too many wait before, is `unprocessed`.
 */
export function groupCommit(commit: Commit, { now, onError }: GroupCommitOptions) {
  const waiting: Waiting[] = []
  let waitingChanges = 0
  let draining: Promise<void> | undefined

  function takeNext(): Waiting[] {
    let changes = 0
    let count = 0
    while (count < waiting.length && changes < MAX_CHANGES_PER_COMMIT) {
      changes += sizeOf(waiting[count]?.command)
      count += 1
    }
    waitingChanges -= changes
    return waiting.splice(0, count)
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const taken = takeNext()
      const commands = taken.map(({ command }) => command)
      const answers = await commit(commands, now()).catch((error: Error) => commands.map((): Answer => ({ error })))
      for (const [index, { settle }] of taken.entries()) settle(answers[index] ?? { error: new Error('no answer') })
    }
    draining = undefined
  }

  function run(command: Command): Promise<Answer> {
    return new Promise((resolve) => {
      waiting.push({ command, settle: resolve })
      waitingChanges += sizeOf(command)
      draining ??= drain()
    })
  }

  return {
    async write(changes: Change[]): Promise<Outcome[]> {
      if (waitingChanges + changes.length > MAX_WAITING_CHANGES) return unprocessed(changes)
      const answer = await run({ changes })
      if ('outcomes' in answer) return answer.outcomes
      if ('error' in answer) onError(answer.error)
      return unprocessed(changes)
    },
    async removeGroup(groupId: string, limit: number): Promise<boolean> {
      const answer = await run({ removeGroup: groupId, limit })
      if ('error' in answer) throw answer.error
      return 'removed' in answer && answer.removed
    },
    /** Takes up to `limit` rows of the log, up to `sequence`, out of it; false when none was left. */
    async trimLog(sequence: number, limit: number): Promise<boolean> {
      const answer = await run({ trimLog: sequence, limit })
      if ('error' in answer) throw answer.error
      return 'removed' in answer && answer.removed
    },
    /** Removes the records of these identifiers, and the rows of the log that tell of them. */
    async erase(groupId: string, identifiers: string[]): Promise<{ online: number; logged: number }> {
      const answer = await run({ erase: identifiers, groupId })
      if ('online' in answer) return answer
      throw 'error' in answer ? answer.error : new Error('the erasure was not answered')
    },
    /** Resolves when nothing waits for a commit any more. */
    drained: async () => await draining,
  } satisfies RecordWriter & Record<string, unknown>
}

function sizeOf(command: Command | undefined): number {
  return command !== undefined && 'changes' in command ? command.changes.length : 1
}

function unprocessed(changes: Change[]): Outcome[] {
  return changes.map(() => ({ result: 'unprocessed' }))
}
