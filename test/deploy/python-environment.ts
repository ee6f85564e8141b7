import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const environment = join(import.meta.dirname, '.venv')
const requirements = join(import.meta.dirname, 'requirements.txt')
const INSTALL_TIMEOUT_MS = 300_000

/** Where a program of the suite's own Python environment is. */
export function pythonProgram(name: string): string {
  return join(environment, 'bin', name)
}

/** Installs the emulator and cfn-lint in the versions of requirements.txt, unless they are there. */
export function installPythonEnvironment(): void {
  const wanted = readFileSync(requirements, 'utf8')
  const mark = join(environment, 'requirements.txt')
  if (installed(mark) === wanted) return
  run('python3', '-m', 'venv', '--clear', environment)
  run(pythonProgram('python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements)
  writeFileSync(mark, wanted)
}

function installed(mark: string): string | undefined {
  try {
    return readFileSync(mark, 'utf8')
  } catch {
    return undefined
  }
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: INSTALL_TIMEOUT_MS })
}
