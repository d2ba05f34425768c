import t from 'tap'
import { comeIn, OF_WEEKS, walk } from '../support/looks.ts'

t.test('a lead’s pages, but for those of the weeks', async (t) => {
  const lead = await comeIn(t, /^Helen Marsh/)
  await walk(t, lead, '/today', { only: (path) => !OF_WEEKS.test(path) })
})
