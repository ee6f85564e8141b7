// Runs on the machine's own Node.js (20 or newer), before anything is installed: Node's own modules only.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const installed = join(root, 'node_modules', '.package-lock.json')
const wanted = join(root, 'package-lock.json')

/** True when the dependencies are there and no older than the lock file. */
function isInstalled() {
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs
}

if (!isInstalled()) {
  process.stderr.write('cairn: installing dependencies (once)\n')
  const npm = spawnSync('npm', ['ci', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  process.exit(npm.status ?? 1)
}
