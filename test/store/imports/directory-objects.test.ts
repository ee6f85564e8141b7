import { describe } from 'vitest'
import { temporaryDirectory } from '../../bin/temporary-directory.ts'
import { directoryObjects } from './directory-objects.ts'
import { objectsContract } from './objects-contract.ts'

describe('directoryObjects', () => {
  objectsContract('work/', () => {
    const objects = directoryObjects(temporaryDirectory())
    return { objects, put: objects.put }
  })
})
