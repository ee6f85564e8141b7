import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { confirm } from '../../bin/deletes/confirm.ts'
import { deleteQuestion } from '../../bin/deletes/delete-where.ts'

const preview = {
  table: 'orders',
  matched: 12_345,
  oldest: '2026-01-01T00:00:00Z',
  newest: '2026-01-31T00:00:00Z',
  isComplete: true,
}

/** What is made of an answer that is typed, and what the terminal shows. */
async function asked(typed: string) {
  const output = new PassThrough()
  const input = new PassThrough()
  input.end(typed)
  const isConfirmed = await confirm('Delete?', { input, output })
  output.end()
  return { isConfirmed, shown: await text(output) }
}

describe('the question before a delete', () => {
  it('says how many records of what time match', () => {
    const question = deleteQuestion(preview, 'soft')
    expect(question).toContain('12,345 records of orders')
    expect(question).toContain('event times 2026-01-01T00:00:00Z to 2026-01-31T00:00:00Z')
    expect(question).toContain('cairn deletes undo')
    expect(deleteQuestion({ ...preview, matched: 1 }, 'soft')).toContain('1 record of orders')
  })

  it('says when the server did not look at all records', () => {
    expect(deleteQuestion({ ...preview, isComplete: false }, 'soft')).toContain('at least 12,345 records')
  })

  it('says that nothing brings back what hard and erase remove', () => {
    for (const mode of ['hard', 'erase'] as const) {
      const question = deleteQuestion({ ...preview, matched: 0, oldest: null, newest: null }, mode)
      expect(question).toContain('0 records of orders')
      expect(question).toContain('Nothing brings them back.')
      expect(question).not.toContain('undo')
    }
  })

  it.each(['y\n', 'Y\n', ' yes \n'])('takes %j for a yes', async (typed) => {
    expect(await asked(typed)).toEqual({ isConfirmed: true, shown: 'Delete? [y/N] ' })
  })

  it.each(['\n', 'n\n', 'yep\n', 'no\ny\n', ''])('takes %j for a no', async (typed) => {
    expect((await asked(typed)).isConfirmed).toBe(false)
  })
})
