import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { accounts, mails, passkeys } from '../../src/db/schema/index.ts'
import { makeSignInLink } from '../../src/people/sign-in.ts'
import { testApp } from '../support/app.ts'
import { holdScripts, openBrowser, serve, signInPage } from '../support/browser.ts'
import { anAccount, ACCOUNT, LEAD } from '../support/story.ts'

const browser = await openBrowser(t)

/** Chromium’s own authenticator, as a laptop with a fingerprint reader has one. */
async function aDevice(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    /** The finger is another one from now on. */
    strangerAtIt: () => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false }),
  }
}

async function withHelen(t: Test) {
  const world = await testApp(t)
  await anAccount(world.db, { now: world.clock.now() })
  const origin = (await serve(world)).replace('127.0.0.1', 'localhost')
  world.deps.settings.publicUrl = () => origin
  const page = await browser.newPage(t, origin, { width: 390, mayFail: /sign-in\/passkey/ })
  return { ...world, origin, page }
}

t.test(
  'a lead adds a passkey, signs in with it, and is asked for it where the account wants that',
  async (t) => {
    const world = await withHelen(t)
    const { page, db } = world
    const device = await aDevice(page)
    await signInPage(page, world, LEAD.email)
    const letCome = await holdScripts(page, 'passkeys')
    await page.goto('/you')
    t.notOk(await page.getByRole('button', { name: 'Add a passkey' }).isVisible(), 'not before it works')
    letCome()
    await page.getByLabel('What do you call it?').fill('Work laptop')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('The passkey is added.').waitFor()
    t.match(await db.read.select().from(passkeys), [{ personId: LEAD.id, name: 'Work laptop' }])
    const told = await db.read.select().from(mails).where(eq(mails.kind, 'passkey-added'))
    t.match(told, [{ to: LEAD.email, subject: 'A passkey was added for you' }])

    // The device has one already, and says so.
    await page.getByLabel('What do you call it?').fill('Again')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('This device has a passkey for you already.').waitFor()

    await page.context().clearCookies()
    await page.goto('/sign-in?next=/rota')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL(({ pathname }) => pathname === '/rota')
    await page.goto('/you')
    await page.getByText('with a passkey').first().waitFor()

    await db.write(
      async (tx) =>
        void (await tx.update(accounts).set({ passkeyForLeads: true }).where(eq(accounts.id, ACCOUNT))),
    )
    await page.goto('/rota')
    t.match(page.url(), /\/rota$/, 'who signed in with it goes on')

    await page.context().clearCookies()
    const machineNow = world.clock.machine()
    await page.goto(await makeSignInLink(db, { email: LEAD.email, publicUrl: '', machineNow }))
    await page.locator('main form button[type=submit]').click()
    await page.waitForURL('**/you')
    await page.goto('/rota')
    t.match(page.url(), /\/you$/, 'a link by mail alone is not enough any more')
    await page.getByRole('heading', { name: 'Show your passkey to go on' }).waitFor()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL('**/today')

    await page.context().clearCookies()
    await device.strangerAtIt()
    await page.goto('/sign-in')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText('The device gave no passkey').waitFor()
    t.match(page.url(), /\/sign-in$/, 'another finger opens nothing')
  },
)

t.test('a passkey that was removed opens nothing', async (t) => {
  const world = await withHelen(t)
  const { page, db } = world
  await aDevice(page)
  await signInPage(page, world, LEAD.email)
  await page.goto('/you')
  await page.getByLabel('What do you call it?').fill('Old phone')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByText('The passkey is added.').waitFor()
  await page.getByRole('button', { name: 'Remove the passkey Old phone' }).click()
  await page.getByText('“Old phone” is removed.').waitFor()
  t.equal(await db.read.$count(passkeys), 0)
  await page.context().clearCookies()
  await page.goto('/sign-in')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText('This passkey is not known here').waitFor()
})
