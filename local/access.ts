import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { ApiError, quote } from '../store/api-error.ts'

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])

/** True for an address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Throws AccessForbidden for a request that may not be answered. */
export type AccessCheck = (headers: IncomingHttpHeaders) => void

/**
 * Without a token only programs on this machine are let in: no web page, whose request names its origin, and no name
 * but loopback's, which a page could have pointed here. With a token, whoever sends it in `x-cairn-access-token` or
 * as a bearer.
 */
export function accessCheck(token: string | undefined): AccessCheck {
  return token === undefined ? assertLocalProgram : (headers) => assertToken(headers, token)
}

function assertLocalProgram({ host = '', origin }: IncomingHttpHeaders): void {
  if (origin !== undefined) throw forbidden(`requests of web pages are not answered; origin ${quote(origin)}`)
  const name = host.replace(/:\d+$/, '')
  if (!LOOPBACK_HOSTS.has(name) && !isLoopback(name)) {
    throw forbidden(`host ${quote(host)} is not this machine's loopback address`)
  }
}

function assertToken(headers: IncomingHttpHeaders, token: string): void {
  const sent = headers['x-cairn-access-token'] ?? headers.authorization?.replace(/^Bearer /, '')
  const given = Buffer.from(String(sent ?? ''))
  const wanted = Buffer.from(token)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw forbidden('the access token is missing or wrong; send it in the header x-cairn-access-token')
  }
}

function forbidden(message: string): ApiError {
  return new ApiError('AccessForbidden', message)
}
