import t from 'tap'
import { look, open, send, server, visit, walk } from '../support/looks.ts'

t.test('followers’ pages need no script, set no cookie, and everybody can read them', async (t) => {
  const follower = await open(t)
  const seen = await walk(t, follower, '/@NorthDaleHealth', {
    also: async () =>
      void t.equal(await follower.locator('script').count(), 0, `${follower.url()} has no script`),
  })
  for (const kind of [
    '/@:handle/rota',
    '/@:handle/recaps',
    '/@:handle/weeks/:slot',
    '/privacy',
    '/accessibility',
  ])
    t.ok(seen.has(kind), `${kind} was looked at`)
  await follower.goto('/@NorthDaleHealth/recaps')
  const recap = await follower.locator('main a[href*="/weeks/"]').first().getAttribute('href')
  await visit(t, follower, `${recap}/card`)
  for (const path of ['/@NorthDaleHealth/weeks/1999-01-04', '/@Nobody', '/no-such-page']) {
    t.equal((await follower.goto(path))?.status(), 404)
    await look(t, follower)
  }
  t.same(await follower.context().cookies(), [])
})

t.test('the doors: signing in, invitations, being taken off, and the sandbox', async (t) => {
  const nobody = await open(t)
  await visit(t, nobody, '/sign-in')
  await send(nobody, 'Send me a link')
  await look(t, nobody, 'no address')
  await nobody.getByLabel('E-mail').fill('tom.garside@northdale.example')
  await send(nobody, 'Send me a link')
  await look(t, nobody, 'the mail is on its way')
  await visit(t, nobody, '/@NorthDaleHealth/removal')
  await visit(t, nobody, '/@NorthDaleHealth/take-part')
  await send(nobody, 'Ask for a week')
  await look(t, nobody, 'not yet')
  await visit(t, nobody, '/@NorthDaleHealth/suggestion')
  await visit(t, nobody, '/@NorthDaleHealth/take-part/asked')
  await visit(t, nobody, '/take-part/invented')
  await visit(t, nobody, '/sign-in/invented')
  await visit(t, nobody, '/invitations/invented')
  await visit(t, nobody, '/sandbox')
  await send(nobody, 'Post it')
  await look(t, nobody, 'nothing said')
  await nobody
    .getByRole('link', { name: /^Answer/ })
    .first()
    .click()
  await look(t, nobody, 'an answer')
  await visit(t, nobody, '/sandbox/mail')
  const invitation = nobody.locator('.mail-list > li').filter({ hasText: 'Would you take' }).first()
  await nobody.goto((await invitation.locator('pre a').first().getAttribute('href'))!)
  await look(t, nobody, 'an invitation')
  await nobody.goto(server.link('Tom Garside'))
  await look(t, nobody, 'a sign-in link')
  await send(nobody, 'Sign in')
  await look(t, nobody, 'invited')
  await nobody.getByRole('link', { name: 'Read what is agreed' }).click()
  await look(t, nobody, 'may accept')
})
