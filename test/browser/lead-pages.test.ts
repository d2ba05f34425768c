import t from 'tap'
import { comeIn, walk } from '../support/looks.ts'

// A look takes less than half a second of a processor, and there are many.
t.setTimeout(600_000)

t.test('a lead’s pages', async (t) => {
  const lead = await comeIn(t, /^Helen Marsh/)
  await walk(t, lead, '/today')
})
