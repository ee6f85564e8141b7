import { afterEach, describe, expect, it, vi } from 'vitest'
import { defaultProvider } from '../../lambdas/environment-credentials.ts'

function environment(variables: { [name: string]: string }): void {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
    vi.stubEnv(name, variables[name])
  }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('the credentials of a function', () => {
  const key = { AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' }

  it('are those of its role, which Lambda has put into its environment', async () => {
    environment({ ...key, AWS_SESSION_TOKEN: 'token' })
    const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' }
    expect(await defaultProvider()()).toEqual(credentials)
  })
  it('may come without a session', async () => {
    environment(key)
    expect(await defaultProvider()()).toEqual({ accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret' })
  })
  it('must be there', async () => {
    environment({ AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE' })
    await expect(defaultProvider()()).rejects.toThrow('AWS_SECRET_ACCESS_KEY')
  })
})
