import t from 'tap'
import { comeIn, walk } from '../support/looks.ts'

// What they share with a lead’s pages is looked at there in the other looks.
t.test('an approver’s pages, on a phone', async (t) => {
  const approver = await comeIn(t, /^Owen Price/)
  await walk(t, approver, '/today', { states: 1, onPhone: true })
})
