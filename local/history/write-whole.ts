import { rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'

/**
 * Lets `write` write beside a file and puts what it wrote in the file's place; leaves nothing when it throws. What is
 * no file, as /dev/null or a pipe, is written to as it is.
 */
export async function writeWhole(output: string, write: (path: string) => Promise<void>): Promise<void> {
  if (await isDevice(output)) return await write(resolve(output))
  const path = `${resolve(output)}.partial`
  try {
    await write(path)
    await rename(path, output)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

async function isDevice(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined)
  return there !== undefined && !there.isFile() && !there.isDirectory()
}
