import t from 'tap'
import { comeIn, OF_WEEKS, walk } from '../support/looks.ts'

t.test('a lead’s pages of the weeks, and of what is written in them', async (t) => {
  const lead = await comeIn(t, /^Helen Marsh/)
  await walk(t, lead, '/today', { only: (path) => OF_WEEKS.test(path) })
})
