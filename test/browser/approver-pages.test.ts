import t from 'tap'
import { comeIn, walk } from '../support/looks.ts'

// A look takes less than half a second of a processor, and there are many.
t.setTimeout(600_000)

t.test('an approver’s pages', async (t) => {
  const approver = await comeIn(t, /^Owen Price/)
  await walk(t, approver, '/today', { states: 1 })
})
