import t from 'tap'
import { comeIn, look, send, visit } from '../support/looks.ts'

// A look takes less than half a second of a processor, and there are many.
t.setTimeout(600_000)

t.test('what a lead’s pages become when something is refused, decided or stopped', async (t) => {
  const lead = await comeIn(t, /^Helen Marsh/)
  await lead.goto('/rota')
  await lead
    .getByRole('link', { name: /^book / })
    .first()
    .click()
  await lead.getByText('Events in this week').click()
  await send(lead, 'Add an event')
  await send(lead, 'Book and invite')
  await look(t, lead, 'a refused booking')
  await lead.goto('/people')
  await send(lead, 'Add them')
  await look(t, lead, 'a refused person')
  await lead.goto('/queue')
  await send(lead, /^Ask for changes/)
  await look(t, lead, 'no words')
  await send(lead, /^Approve/)
  await look(t, lead, 'approved')
  t.equal((await lead.goto('/weeks/no-such-week'))?.status(), 404)
  await look(t, lead, 'not found')
  await lead.goto('/accounts/demo-account')
  await Promise.all([lead.waitForEvent('load'), lead.locator('.brake-button button').click()])
  await look(t, lead, 'the brake is on')
  for (const page of ['brake', 'brake/release', 'costs'])
    await visit(t, lead, `/accounts/demo-account/${page}`)
  await visit(t, lead, '/today')
  await visit(t, lead, '/queue')
})
