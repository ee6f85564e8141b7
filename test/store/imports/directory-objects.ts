import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ApiError } from '../../../store/api-error.ts'
import type { ObjectVersion } from '../../../store/imports/file-import.ts'
import type { ObjectName, Objects } from '../../../store/imports/objects.ts'

export interface DirectoryObjects extends Objects {
  /** Puts an object there, as who owns the bucket does; each has a version of its own. */
  put(key: string, body: Buffer | string): ObjectVersion
  keys(): string[]
}

/** Objects as files of a directory, which keeps the versions of those that were put. */
export function directoryObjects(directory: string): DirectoryObjects {
  let versions = 0
  const pathOf = (key: string, version = 'latest') => join(directory, `${encodeURIComponent(key)}@${version}`)
  const keys = () => {
    const latest = readdirSync(directory).filter((name) => name.endsWith('@latest'))
    return latest.map((name) => decodeURIComponent(name.slice(0, -'@latest'.length))).sort()
  }

  function contentOf({ key, version, etag }: ObjectName): Buffer {
    try {
      const content = readFileSync(pathOf(key, version))
      if (version !== undefined || etag === undefined || etag === etagOf(content)) return content
    } catch {}
    throw new ApiError('ResourceNotFound', `${key} is not there any more as it was put`)
  }

  return {
    keys,
    put(key, text) {
      const body = Buffer.from(text)
      const version = `v${++versions}`
      for (const path of [pathOf(key), pathOf(key, version)]) writeFileSync(path, body)
      return { key, version, etag: etagOf(body), bytes: body.length }
    },
    async read(object, range) {
      const content = contentOf(object)
      return range === undefined ? content : content.subarray(range.start, range.end)
    },
    async write(key, chunks) {
      const body = Buffer.concat(await Array.fromAsync(chunks))
      writeFileSync(pathOf(key), body)
      return body.length
    },
    async removeAll(prefix) {
      for (const key of keys()) if (key.startsWith(prefix)) rmSync(pathOf(key))
    },
  }
}

function etagOf(body: Buffer): string {
  return createHash('md5').update(body).digest('hex')
}
