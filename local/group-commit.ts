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
/** Changes of jobs that go into a commit which requests wait for, and into one that only jobs wait for. */
const JOB_CHANGES_BESIDE_REQUESTS = 50
const JOB_CHANGES_ALONE = 500

interface Waiting {
  command: Command
  settle: (answer: Answer) => void
}

/**
 * A writer whose concurrent requests share commits: what arrives while one commit is under way goes into the next.
 * What jobs write goes along a little at a time, so that no request waits for all of it.
 * A request that cannot be written, or that too many wait before, is `unprocessed`.
 */
export function groupCommit(commit: Commit, { now, onError }: GroupCommitOptions) {
  const requests: Waiting[] = []
  const ofJobs: Waiting[] = []
  let waitingChanges = 0
  let draining: Promise<void> | undefined

  function takeNext(): Waiting[] {
    const taken = take(requests, MAX_CHANGES_PER_COMMIT)
    taken.push(...take(ofJobs, taken.length === 0 ? JOB_CHANGES_ALONE : JOB_CHANGES_BESIDE_REQUESTS))
    for (const { command } of taken) waitingChanges -= sizeOf(command)
    return taken
  }

  async function drain(): Promise<void> {
    while (requests.length + ofJobs.length > 0) {
      const taken = takeNext()
      const commands = taken.map(({ command }) => command)
      const answers = await commit(commands, now()).catch((error: Error) => commands.map((): Answer => ({ error })))
      for (const [index, { settle }] of taken.entries()) settle(answers[index] ?? { error: new Error('no answer') })
    }
    draining = undefined
  }

  function run(command: Command, queue = requests): Promise<Answer> {
    return new Promise((resolve) => {
      queue.push({ command, settle: resolve })
      waitingChanges += sizeOf(command)
      draining ??= drain()
    })
  }

  async function write(changes: Change[], queue: Waiting[]): Promise<Outcome[]> {
    const answer = await run({ changes }, queue)
    if ('outcomes' in answer) return answer.outcomes
    if ('error' in answer) onError(answer.error)
    return unprocessed(changes)
  }

  return {
    async write(changes: Change[]): Promise<Outcome[]> {
      if (waitingChanges + changes.length > MAX_WAITING_CHANGES) return unprocessed(changes)
      if (!changes.every(isOfJob)) return await write(changes, requests)
      const outcomes = await Promise.all(pieces(changes).map((piece) => write(piece, ofJobs)))
      return outcomes.flat()
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
    /** Resolves when all changes whose time was taken before are in the store, or were refused. */
    async settled(): Promise<void> {
      const answer = await run({ changes: [] })
      if ('error' in answer) throw answer.error
    },
    /** Resolves when nothing waits for a commit any more. */
    drained: async () => await draining,
  } satisfies RecordWriter & Record<string, unknown>
}

/** Takes the first commands, of so many changes or a few more. */
function take(queue: Waiting[], maxChanges: number): Waiting[] {
  let changes = 0
  let count = 0
  while (count < queue.length && changes < maxChanges) {
    changes += sizeOf(queue[count]?.command)
    count += 1
  }
  return queue.splice(0, count)
}

const JOB_KINDS: ReadonlySet<Change['kind']> = new Set(['retract', 'restore', 'purge', 'forget', 'evict'])

/** True for a change that only jobs make. */
function isOfJob(change: Change): boolean {
  return JOB_KINDS.has(change.kind) || 'isReplayed' in change
}

function pieces(changes: Change[]): Change[][] {
  const count = Math.ceil(changes.length / JOB_CHANGES_BESIDE_REQUESTS)
  const at = (piece: number) => piece * JOB_CHANGES_BESIDE_REQUESTS
  return Array.from({ length: count }, (_, piece) => changes.slice(at(piece), at(piece + 1)))
}

function sizeOf(command: Command | undefined): number {
  return command !== undefined && 'changes' in command ? command.changes.length : 1
}

function unprocessed(changes: Change[]): Outcome[] {
  return changes.map(() => ({ result: 'unprocessed' }))
}
