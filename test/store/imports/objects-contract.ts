import { describe, expect, it } from 'vitest'
import type { ObjectVersion } from '../../../store/imports/file-import.ts'
import type { Objects } from '../../../store/imports/objects.ts'

export interface OpenObjects {
  objects: Objects
  put: (key: string, body: Buffer | string) => Promise<ObjectVersion> | ObjectVersion
}

async function* chunksOf(...texts: (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(20 * 1024 * 1024)
  throw new Error('the chunks have failed')
}

/** What every store of objects does. `open` opens one in which no other writes below `prefix`. */
export function objectsContract(prefix: string, open: () => Promise<OpenObjects> | OpenObjects): void {
  const key = (name: string) => `${prefix}${name}`

  describe('objects', () => {
    it('are read as they were written, whole or a range of them', async () => {
      const { objects } = await open()
      expect(await objects.write(key('Zürich ✓.txt'), chunksOf('some ', '', 'bytes'))).toBe(10)
      expect((await objects.read({ key: key('Zürich ✓.txt') })).toString()).toBe('some bytes')
      expect((await objects.read({ key: key('Zürich ✓.txt') }, { start: 2, end: 7 })).toString()).toBe('me by')
      expect(await objects.write(key('empty'), chunksOf())).toBe(0)
      expect((await objects.read({ key: key('empty') })).length).toBe(0)
    })
    it('may be larger than what is sent at once', async () => {
      const { objects } = await open()
      const chunk = Buffer.alloc(3_000_000, 'abcdefg')
      expect(await objects.write(key('large'), chunksOf(...Array.from({ length: 7 }, () => chunk)))).toBe(21_000_000)
      const { length } = await objects.read({ key: key('large') })
      expect(length).toBe(21_000_000)
      const across = await objects.read({ key: key('large') }, { start: 8_999_990, end: 9_000_010 })
      expect(across).toEqual(Buffer.concat([chunk.subarray(-10), chunk.subarray(0, 10)]))
    })
    it('are not there when their chunks have failed, and those before stay', async () => {
      const { objects } = await open()
      await expect(objects.write(key('failed'), failing())).rejects.toThrow('the chunks have failed')
      await expect(objects.read({ key: key('failed') })).rejects.toThrow(
        expect.objectContaining({ code: 'ResourceNotFound' }),
      )
      await objects.write(key('kept'), chunksOf('kept'))
      await expect(objects.write(key('kept'), failing())).rejects.toThrow('the chunks have failed')
      expect((await objects.read({ key: key('kept') })).toString()).toBe('kept')
    })
    it('are read in the version or of the content that is asked for, or not at all', async () => {
      const { objects, put } = await open()
      const first = await put(key('versions'), 'first')
      const second = await put(key('versions'), 'second')
      expect((await objects.read(first)).toString()).toBe('first')
      expect((await objects.read(second)).toString()).toBe('second')
      const { etag } = first
      await expect(objects.read({ key: key('versions'), etag })).rejects.toThrow(
        expect.objectContaining({ code: 'ResourceNotFound' }),
      )
      expect((await objects.read({ key: key('versions'), etag: second.etag })).toString()).toBe('second')
    })
    it('are removed with all whose keys begin the same, and others stay', async () => {
      const { objects } = await open()
      for (const name of ['a/1', 'a/2', 'a/b/3', 'ab']) await objects.write(key(name), chunksOf(name))
      await objects.removeAll(key('a/'))
      await objects.removeAll(key('a/'))
      await expect(objects.read({ key: key('a/b/3') })).rejects.toThrow(/not there/)
      expect((await objects.read({ key: key('ab') })).toString()).toBe('ab')
    })
  })
}
