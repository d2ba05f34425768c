import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { addDays, dayInWords } from '../../src/calendar.ts'
import { openBrowser } from '../support/browser.ts'
import { startDemoServer, type DemoServer } from '../support/server.ts'

const HOST = {
  name: 'Nia Bowen',
  email: 'nia.bowen@northdale.example',
  job: 'Community nurse',
  theme: 'Nine doors before noon',
}
const PHONE = { width: 390, height: 844 }

t.test('a week, from the booking to the recap', { timeout: 170_000 }, async (t) => {
  const [browser, server] = await Promise.all([openBrowser(t), startDemoServer(t)])
  const open = async (options = {}) => {
    const page = await browser.newPage(t, server.origin, options)
    page.setDefaultTimeout(15_000)
    return page
  }
  const [lead, approver, host, follower, machine] = await Promise.all([
    open(),
    open(),
    open(PHONE),
    open({ javaScript: false }),
    open(),
  ])
  await signIn(t, lead, server.link('Helen Marsh'))
  await signIn(t, approver, server.link('Owen Price'))
  const week = await bookWeek(t, lead)
  await leaveEmpty(t, lead)
  await acceptInvitation(t, { host, machine })
  await readAnnouncement(t, follower, week.slot)
})

async function signIn(t: Test, page: Page, link: string, to = '/today'): Promise<void> {
  await page.goto(link)
  await press(page, 'Sign in')
  t.equal(new URL(page.url()).pathname, to)
}

/** The lead books the first free slot, with everything; a second form for it, open since before, comes too late. */
async function bookWeek(t: Test, lead: Page): Promise<{ slot: string; href: string }> {
  await lead.goto('/rota')
  await lead
    .getByRole('link', { name: /^book / })
    .first()
    .click()
  const slot = new URL(lead.url()).searchParams.get('slot')!
  const late = await lead.context().newPage()
  await late.goto(lead.url())

  await press(lead, 'Book and invite')
  t.match(await lead.getByRole('alert').innerText(), 'The host’s name is missing')
  await fillBooking(lead)
  const details = lead.getByText('Organisation, handle, biography, portrait')
  await details.click()
  await lead.getByLabel('Organisation', { exact: true }).fill('NorthDale Health')
  await lead.getByLabel('Short biography').fill('Nurse for eleven years, on a bicycle for nine of them.')
  await lead
    .getByLabel('Portrait')
    .setInputFiles({ name: 'nia.png', mimeType: 'image/png', buffer: await picture('chloe') })
  await lead.getByText('Events in this week').click()
  await press(lead, 'Add an event')
  await lead.getByLabel('Event', { exact: true }).fill('Wound care study day')
  await lead.getByLabel('Day', { exact: true }).selectOption(addDays(slot, 2))
  await lead.getByLabel('From').fill('09:30')
  await lead.getByLabel('To', { exact: true }).fill('15:00')
  await press(lead, 'Book and invite')
  t.match(await status(lead), `Nia Bowen gets the invitation at ${HOST.email}`)
  for (const fact of [HOST.theme, 'Wound care study day', '^NB']) t.match(await main(lead), fact)

  await fillBooking(late)
  await press(late, 'Book and invite')
  t.match(await late.getByRole('alert').innerText(), 'Nia Bowen')
  t.equal(await late.getByLabel('Theme').inputValue(), HOST.theme, 'what was typed is kept')
  await late.close()
  return { slot, href: new URL(lead.url()).pathname }
}

async function fillBooking(page: Page): Promise<void> {
  await page.getByLabel('Host’s name').fill(HOST.name)
  await page.getByLabel('E-mail').fill(HOST.email)
  await page.getByLabel('Job').fill(HOST.job)
  await page.getByLabel('Theme').fill(HOST.theme)
  await page
    .getByLabel('Why this week')
    .fill('Flu clinics begin, and most of our work happens behind front doors.')
}

/** A hiatus, and its end. */
async function leaveEmpty(t: Test, lead: Page): Promise<void> {
  await lead.goto('/rota')
  await lead
    .getByRole('link', { name: /^book / })
    .first()
    .click()
  await lead.getByLabel('Hiatus, nobody on purpose').check()
  await lead.getByLabel('Reason').fill('We move house.')
  await press(lead, 'Leave it empty')
  t.match(await main(lead), 'We move house.')
  await lead.getByRole('link', { name: 'End the hiatus' }).click()
  await press(lead, 'End the hiatus')
  t.match(new URL(lead.url()).pathname, '/rota')
}

/** The host finds the invitation in the mail, reads what to expect, and accepts. */
async function acceptInvitation(t: Test, { host, machine }: { host: Page; machine: Page }): Promise<void> {
  const invitation = await mailedLink(machine, /Would you take @NorthDaleHealth/)
  await host.goto(invitation)
  t.match(await main(host), /Nia Bowen, would you take a week\?[^]*What to expect[^]*House rules/)
  await press(host, 'Mail me a link to sign in')
  await signIn(t, host, await mailedLink(machine, /sign/i))
  await host.goto(invitation)
  await press(host, 'Yes, I take the week')
  t.match(await status(host), 'The week is yours')
}

async function readAnnouncement(t: Test, follower: Page, slot: string): Promise<void> {
  await follower.goto(`/@NorthDaleHealth/weeks/${slot}`)
  t.match(await main(follower), new RegExp(`${HOST.theme}[^]*Nia Bowen[^]*Wound care study day`))
}

async function press(page: Page | Locator, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
}

const main = (page: Page) => page.getByRole('main').innerText()
const status = (page: Page) => page.getByRole('status').first().innerText()

/** The link in the newest mail with this subject, as the sandbox shows it. */
async function mailedLink(machine: Page, subject: RegExp): Promise<string> {
  for (let tries = 0; tries < 50; tries += 1) {
    await machine.goto('/sandbox/mail')
    const newest = machine.locator('.mail-list > li').filter({ hasText: subject }).first()
    const link = newest.locator('pre a').first()
    if ((await link.count()) > 0) return (await link.getAttribute('href'))!
    await machine.waitForTimeout(100)
  }
  throw new Error(`No mail with the subject ${subject} came.`)
}

/** One of the demo's drawings, as a photo would be sent. */
function picture(name: string): Promise<Buffer> {
  return sharp(`src/demo/pictures/${name}.svg`, { density: 144 }).resize(1200).png().toBuffer()
}
