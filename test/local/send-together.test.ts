import { describe, expect, it } from 'vitest'
import { sendTogether } from '../../local/send-together.ts'

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}

describe('sendTogether', () => {
  it('sends at the end of a turn what came in it, in order', async () => {
    const send = sendTogether()
    const sent: number[] = []
    for (const number of [1, 2, 3]) send(() => sent.push(number))
    expect(sent).toEqual([])
    await nextTurn()
    expect(sent).toEqual([1, 2, 3])
    send(() => sent.push(4))
    await nextTurn()
    expect(sent).toEqual([1, 2, 3, 4])
  })

  it('sends in the middle of a turn that takes long, and each only once', async () => {
    const send = sendTogether()
    const sent: number[] = []
    send(() => sent.push(1))
    for (const started = performance.now(); performance.now() - started < 2; );
    send(() => sent.push(2))
    expect(sent).toEqual([1, 2])
    send(() => sent.push(3))
    await nextTurn()
    expect(sent).toEqual([1, 2, 3])
  })
})
