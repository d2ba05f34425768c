import t from 'tap'
import { comeIn, walk } from '../support/looks.ts'

t.test('a lead’s pages', async (t) => {
  const lead = await comeIn(t, /^Helen Marsh/)
  await walk(t, lead, '/today')
})
