import { dirname } from 'node:path'
import type { Disk } from '../../../../store/offline/iceberg/disk.ts'

/** A file or a directory; what a crash leaves of a file that was not synced is what `durable` has, if anything. */
interface Node {
  isDirectory: boolean
  bytes: Buffer
  durable: Buffer | undefined
}

type Names = Map<string, Node>

/** What becomes of each thing that was not synced: false, and it is lost. */
export type Survives = () => boolean

const EMPTY = Buffer.alloc(0)

/** A file system in memory that can end, or refuse to write, before any of its calls. */
export function failingDisk(names: Names = new Map(), durableNames: Names = new Map(names)) {
  let calls = 0
  let onCall: (() => void) | undefined
  let crashAt = Number.POSITIVE_INFINITY
  let fullFrom = Number.POSITIVE_INFINITY

  function step(needsRoom: boolean): void {
    onCall?.()
    if (calls >= crashAt) throw new Error(`crashed at call ${calls}`)
    calls += 1
    if (needsRoom && calls > fullFrom) {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    }
  }

  function nodeAt(path: string): Node {
    const node = names.get(path)
    if (node === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
    return node
  }

  const below = (directory: string) => [...names.keys()].filter((path) => dirname(path) === directory)

  const disk: Disk = {
    makeDirectory(path) {
      step(true)
      let highest: string | undefined
      for (let made = path; made !== '/' && !names.has(made); made = dirname(made)) {
        names.set(made, { isDirectory: true, bytes: EMPTY, durable: EMPTY })
        highest = made
      }
      return highest
    },
    write(path, bytes) {
      const node: Node = { isDirectory: false, bytes: EMPTY, durable: undefined }
      step(true)
      names.set(path, node)
      step(true)
      node.bytes = Buffer.from(bytes.subarray(0, bytes.length / 2))
      step(true)
      node.bytes = Buffer.from(bytes)
    },
    syncFile(path) {
      step(true)
      const node = nodeAt(path)
      node.durable = node.bytes
    },
    syncDirectory(path) {
      step(false)
      for (const name of durableNames.keys()) if (dirname(name) === path && !names.has(name)) durableNames.delete(name)
      for (const name of below(path)) durableNames.set(name, nodeAt(name))
    },
    rename(from, to) {
      step(true)
      names.set(to, nodeAt(from))
      names.delete(from)
    },
    remove(path) {
      step(false)
      names.delete(path)
    },
    exists: (path) => names.has(path),
    read(path) {
      if (calls >= crashAt) throw new Error(`crashed at call ${calls}`)
      return nodeAt(path).bytes
    },
    names: (directory) => below(directory).map((path) => path.slice(directory.length + 1)),
    files: (directory) =>
      [...names]
        .filter(([path, node]) => !node.isDirectory && path.startsWith(`${directory}/`))
        .map(([path]) => ({ path, modifiedAt: 0 })),
  }

  const now = (): Moment => moment(names, durableNames)

  return {
    disk,
    now,
    /** The same files in a state of their own, all of it synced; what comes next is counted from 0. */
    copy: () => restarted(now(), () => true),
    /** Runs something, and answers how the files were before each call of it, and after the last one. */
    async record(run: (disk: Disk) => Promise<unknown>): Promise<Moment[]> {
      const moments: Moment[] = []
      onCall = () => moments.push(now())
      await run(disk)
      onCall = undefined
      return [...moments, now()]
    },
    calls: () => calls,
    hasCrashed: () => calls >= crashAt,
    crashAt(call: number): void {
      crashAt = call
    },
    /** Has no room left from a call on. */
    fillFrom(call: number): void {
      fullFrom = call
    },
    /** The same for the same files, whatever has happened to them before. */
    signature: () => [...names].map(([path, { bytes }]) => `${path} ${bytes.length}`).join('\n'),
    paths: () => [...names].filter(([, node]) => !node.isDirectory).map(([path]) => path),
  }
}

/** How the files are: what programs see, and what is sure to be there after a crash. */
interface Moment {
  names: Names
  durableNames: Names
}

function moment(names: Names, durableNames: Names): Moment {
  const copies = new Map<Node, Node>()
  const copyOf = (node: Node) => {
    const copy = copies.get(node) ?? { ...node }
    copies.set(node, copy)
    return copy
  }
  const copied = (all: Names): Names => new Map([...all].map(([path, node]) => [path, copyOf(node)]))
  return { names: copied(names), durableNames: copied(durableNames) }
}

/** What is found when the machine has come up again after a crash at that moment. */
export function restarted({ names, durableNames }: Moment, survives: Survives): FailingDisk {
  const left: Names = new Map()
  const paths = [...new Set([...durableNames.keys(), ...names.keys()])].sort((a, b) => a.length - b.length)
  for (const path of paths) {
    const [was, is] = [durableNames.get(path), names.get(path)]
    const node = was === is || survives() ? is : was
    const hasParent = dirname(path) === '/' || left.has(dirname(path))
    if (node === undefined || !hasParent) continue
    const bytes = node.durable === node.bytes || survives() ? node.bytes : torn(node, survives)
    left.set(path, { isDirectory: node.isDirectory, bytes, durable: bytes })
  }
  return failingDisk(left)
}

function torn({ bytes, durable }: Node, survives: Survives): Buffer {
  return survives() ? bytes.subarray(0, bytes.length / 2) : (durable ?? EMPTY)
}

export type FailingDisk = ReturnType<typeof failingDisk>
