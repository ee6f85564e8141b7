import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'

/** Lets `write` write beside a file and puts what it wrote in the file's place; leaves nothing when it throws. */
export async function writeWhole(output: string, write: (path: string) => Promise<void>): Promise<void> {
  const path = `${resolve(output)}.partial`
  try {
    await write(path)
    await rename(path, output)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}
