import { expect } from 'vitest'
import type { Answer } from './connection.ts'

/** How a case must be refused. */
export interface Refusal {
  status: number | number[]
  /** The error's name, where there is only one that can be right. */
  code?: string
  /** Texts that the message must hold: the value that was sent, or the member it was sent for. */
  names?: string[]
  /** True when the request is accepted and its one batch entry is refused. */
  isOfEntry?: boolean
}

/** A request that must be refused, and how. */
export interface BadCase {
  /** What is wrong with it, in a few words. */
  kind: string
  bytes: Buffer
  refusal: Refusal
  /** Set for a request whose length is not what it says: it has a connection of its own, which is ended or left open. */
  alone?: 'ended' | 'open'
}

const MAX_MESSAGE_CHARS = 2_048
const NAMES = /^[A-Z][A-Za-z]+$/
const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Fails unless the answer refuses the case in the form that every error has. */
export function assertRefused(answer: Answer, { kind, bytes, refusal }: BadCase): void {
  const told = `${kind}: ${bytes.subarray(0, 600).toString('latin1')}\n--> ${answer.status} ${answer.body.slice(0, 600)}`
  expect(answer.headers['x-amzn-requestid'], told).toMatch(REQUEST_ID)
  if (refusal.isOfEntry) {
    assertEntryRefused(answer, refusal, told)
    return
  }
  expect([refusal.status].flat(), told).toContain(answer.status)
  const code = answer.headers['x-amzn-errortype'] ?? ''
  expect(code, told).toMatch(NAMES)
  if (refusal.code !== undefined) expect(code, told).toBe(refusal.code)
  if (isHead(bytes)) return
  expect(answer.headers['content-type'], told).toMatch(/^application\/(json|x-amz-json-1\.1)$/)
  assertMessage(JSON.parse(answer.body).Message, refusal, told)
}

function isHead(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 5) === 'HEAD '
}

function assertEntryRefused(answer: Answer, refusal: Refusal, told: string): void {
  expect(answer.status, told).toBe(200)
  const { Errors: errors, UnprocessedEntries: unprocessed } = JSON.parse(answer.body)
  expect(unprocessed, told).toEqual([])
  expect(errors, told).toHaveLength(1)
  expect(errors[0].ErrorCode, told).toBe(refusal.code ?? 'ValidationError')
  assertMessage(errors[0].ErrorMessage, refusal, told)
}

function assertMessage(message: unknown, { names = [] }: Refusal, told: string): void {
  expect(message, told).toEqual(expect.any(String))
  expect(String(message).length, told).toBeGreaterThan(0)
  expect(String(message).length, told).toBeLessThanOrEqual(MAX_MESSAGE_CHARS)
  for (const name of names) expect(message, told).toContain(name)
}
