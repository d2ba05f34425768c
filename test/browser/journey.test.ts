import type { Page } from 'playwright-core'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { addDays } from '../../src/calendar.ts'
import { openBrowser, type PageOptions } from '../support/browser.ts'
import { startDemoServer } from '../support/server.ts'

const HOST = {
  name: 'Nia Bowen',
  email: 'nia.bowen@northdale.example',
  job: 'Community nurse',
  theme: 'Nine doors before noon',
}
const BEGINNING = 'The first door opens at seven. Behind it: a cat, a kettle, and a leg to be dressed.'
const SECOND = 'By nine I have been in four kitchens. Every one of them offered tea.'
const HURRIED = 'Names of everybody I saw today, with their street.'
const PARTS = { first: `${BEGINNING} #MyWorkingWeek`, second: SECOND }
const PHONE = { width: 390, height: 844 }

const [browser, server] = await Promise.all([openBrowser(t), startDemoServer(t)])

const open = (t: Test, options: PageOptions = {}): Promise<Page> => browser.newPage(t, server.origin, options)

t.test('a host and an approver without JavaScript', async (t) => {
  const host = await open(t, { ...PHONE, javaScript: false })
  const approver = await open(t, { javaScript: false })
  await signIn(t, host, server.link('Joseph Adeyemi'))
  await host.getByRole('link', { name: 'Write something' }).click()
  await host.getByLabel('Text', { exact: true }).fill('Bed four, window side, please.')
  await press(host, 'Submit for approval')
  t.match(await status(host), 'Submitted')

  await signIn(t, approver, server.link('Owen Price'))
  await approver.goto('/queue')
  await approver.getByRole('link', { name: /Bed four, window side/ }).click()
  await press(approver, /^Approve/)
  t.match(await status(approver), 'Approved. It goes out')
  await host.reload()
  t.match(await main(host), /Approved|Posted|Goes out|Being sent/)
})

t.test('a week, from the booking to the recap', async (t) => {
  const [lead, approver, host, follower, machine] = await Promise.all([
    open(t),
    open(t),
    // An image that can’t be taken is told in place.
    open(t, { ...PHONE, mayFail: /\/drafts/ }),
    open(t, { javaScript: false }),
    open(t),
  ])
  await signIn(t, lead, server.link('Helen Marsh'))
  const week = await bookWeek(t, lead)
  await leaveEmpty(t, lead)
  await acceptInvitation(t, { host, machine })
  await makeReady(t, { host, lead, href: week.href })
  await readAnnouncement(t, follower, week.slot)

  await comeIn(approver, /^Owen Price/)
  await travelToOpening(machine, week.slot)
  await findInQueue(t, approver, `${HOST.name} has this account now`)
  await writeDraft(t, host, week)
  await submitTwice(t, host)
  await askForChanges(t, approver)
  await changeAndSubmit(t, host)
  await approve(t, approver, /The first door opens/)
  await declineHurried(t, { host, approver, href: week.href })

  await travel(machine, 'The next post')
  await readTimeline(t, machine)
  await answerFollower(t, { host, approver, machine, href: week.href })
  await readRunningWeek(t, follower, week.slot)

  await travel(machine, 'When the week closes')
  await findInQueue(t, approver, `That was the week of ${HOST.name}`)
  await editRecap(t, lead, week.href)
  await readEverything(t, follower, week.slot)
  await readRecord(t, lead, week.href)
})

async function signIn(t: Test, page: Page, link: string, to = /\/today$/): Promise<void> {
  await page.goto(link)
  await press(page, 'Sign in')
  t.match(page.url(), to)
}

interface BookedWeek {
  slot: string
  href: string
}

/** The lead books the first free slot, with everything; a second form for it, open since before, comes too late. */
async function bookWeek(t: Test, lead: Page): Promise<BookedWeek> {
  await lead.goto('/rota')
  await bookingLink(lead).click()
  const slot = new URL(lead.url()).searchParams.get('slot')!
  const late = await lead.context().newPage()
  await late.goto(lead.url())

  await press(lead, 'Book and invite')
  t.match(await lead.getByRole('alert').innerText(), 'The host’s name is missing')
  await fillBooking(lead)
  const details = lead.getByText('Organisation, site, handle, biography, portrait')
  await details.click()
  await lead.getByLabel('Organisation', { exact: true }).fill('NorthDale Health')
  await lead.getByLabel('Short biography').fill('Nurse for eleven years, on a bicycle for nine of them.')
  await lead
    .getByLabel('Portrait')
    .setInputFiles({ name: 'nia.png', mimeType: 'image/png', buffer: await picture('chloe') })
  await lead.getByText('Events in this week').click()
  await press(lead, 'Add an event')
  await lead.getByLabel('What it is called').fill('Wound care study day')
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
  await bookingLink(lead).click()
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
  await signIn(t, host, await mailedLink(machine, /sign/i), /\/invitation$/)
  await press(host, 'Yes, I take the week')
  t.match(await status(host), 'The week is yours')
}

/** The host signs the house rules, and the lead ticks what they went through together. */
async function makeReady(
  t: Test,
  { host, lead, href }: { host: Page; lead: Page; href: string },
): Promise<void> {
  await host.getByRole('link', { name: 'Read and sign the house rules' }).click()
  await press(host, 'Sign the house rules')
  t.match(await alert(host), 'Your name is missing')
  await host.getByLabel('Your name').fill(HOST.name)
  await press(host, 'Sign the house rules')
  t.match(await status(host), 'Signed. Thank you.')
  await lead.goto(href)
  t.match(await main(lead), `Signed by ${HOST.name}`)
  const undone = lead.getByRole('button', { name: /^Done: / })
  for (let left = await undone.count(); left > 0; left -= 1)
    await Promise.all([lead.waitForEvent('load'), undone.first().click()])
  t.match(await main(lead), /Before the week opens\s+Ready/)
}

async function readAnnouncement(t: Test, follower: Page, slot: string): Promise<void> {
  await follower.goto(`/@NorthDaleHealth/weeks/${slot}`)
  t.match(await main(follower), new RegExp(`${HOST.theme}[^]*Nia Bowen[^]*Wound care study day`))
  await follower.goto('/@NorthDaleHealth/rota')
  t.match(await main(follower), 'Nia Bowen')
  const calendar = await follower.request.get('/@NorthDaleHealth/rota.ics')
  t.match(await calendar.text(), /BEGIN:VEVENT[^]*Nia Bowen/)
}

/** What the account says of the week itself waits for a decision, as every draft does. */
async function findInQueue(t: Test, approver: Page, words: string): Promise<void> {
  await approver.goto('/queue')
  t.match(await main(approver), words)
}

/** The host's first draft: everything wrong at first, and nothing lost on the way. */
async function writeDraft(t: Test, host: Page, { slot, href }: BookedWeek): Promise<void> {
  await host.goto(href)
  await host.getByRole('link', { name: 'Write a draft' }).click()
  const long = `${PARTS.first} on it goes${', and on'.repeat(30)}`
  const text = host.getByLabel('Text', { exact: true })
  await text.first().fill(long)
  await host.getByText('Add images').click()
  const chooser = host.getByLabel('Images', { exact: true })
  await chooser.setInputFiles(file('notes.jpg', Buffer.from('Not a photo.')))
  t.match(await host.locator('.field-error').first().innerText(), /picture|image|photo/i)
  t.equal(await text.first().inputValue(), long, 'the words are there still')

  await chooser.setInputFiles(file('road.png', await picture('road')))
  await host.getByLabel('Describe the image').waitFor()
  await press(host, 'Submit for approval')
  t.match(await alert(host), /too long[^]*Describe|Describe[^]*too long|too long[^]*descri/i)
  t.equal(await text.first().inputValue(), long, 'the words came back again')

  await text.first().fill(PARTS.first)
  await host.getByLabel('Describe the image').fill('A road between hedges, early light.')
  await host.getByRole('button', { name: 'Add a part' }).click()
  await text.nth(1).fill('Four kitchens.')
  await host.getByLabel('At this time').check()
  await host.getByLabel('Day', { exact: true }).fill(slot)
  await host.getByLabel('Time', { exact: true }).fill('14:00')
  await press(host, 'Save the draft')
  t.match(await status(host), 'Saved.')
  t.equal(await text.first().inputValue(), PARTS.first)
}

async function submitTwice(t: Test, host: Page): Promise<void> {
  await press(host, 'Submit for approval')
  t.match(await status(host), 'Submitted')
  await press(host, /^(Take|With)/)
  t.match(await status(host), 'Taken back')
  await press(host, 'Submit for approval')
  t.match(await status(host), 'Submitted')
}

async function askForChanges(t: Test, approver: Page): Promise<void> {
  await approver.goto('/queue')
  await approver.getByRole('link', { name: /The first door opens at seven/ }).click()
  t.match(await main(approver), /Image described: “A road between hedges/)
  await press(approver, /^Ask for changes/)
  t.match(await alert(approver), 'Say what to change.')
  await approver.getByLabel(/^Comment/).fill('Lovely. Say more about the kitchens?')
  await press(approver, /^Ask for changes/)
  t.match(await status(approver), 'Given back. Nia is told what to change.')
}

async function changeAndSubmit(t: Test, host: Page): Promise<void> {
  await host.goto('/today')
  t.match(await main(host), /Came back to you[^]*Say more about the kitchens\?/)
  await host.locator('article').filter({ hasText: 'kitchens?' }).getByRole('link').click()
  await host.getByText('Answer', { exact: true }).click()
  await host.getByLabel('Your answer').fill('With pleasure.')
  await press(host, 'Send the answer')
  await host.getByLabel('Text', { exact: true }).nth(1).fill(PARTS.second)
  await press(host, 'Submit for approval')
  t.match(await main(host), /Say more about the kitchens\?[^]*With pleasure\./)
}

async function approve(t: Test, approver: Page, words: RegExp): Promise<void> {
  await approver.goto('/queue')
  await approver.getByRole('link', { name: words }).click()
  await press(approver, /^Approve/)
  t.match(await status(approver), 'Approved. It goes out')
}

async function declineHurried(
  t: Test,
  { host, approver, href }: { host: Page; approver: Page; href: string },
): Promise<void> {
  await submitNew(host, href, HURRIED)
  await approver.goto('/queue')
  await approver.getByRole('link', { name: /Names of everybody/ }).click()
  await approver.getByLabel(/^Comment/).fill('We never name the people we look after.')
  await press(approver, /^Decline/)
  t.match(await status(approver), 'Declined. Nia is told why.')
  await host.reload()
  t.match(await main(host), /Declined[^]*We never name the people/)
}

async function submitNew(host: Page, href: string, words: string): Promise<void> {
  await host.goto(href)
  await host.getByRole('link', { name: 'Write a draft' }).click()
  await host.getByLabel('Text', { exact: true }).fill(words)
  await press(host, 'Submit for approval')
}

/** Both parts stand once, in their order, with the image and its description; what was declined stands nowhere. */
async function readTimeline(t: Test, machine: Page): Promise<void> {
  const said = await machine.locator('.follower .said').allInnerTexts()
  const of = (words: string) => said.flatMap((one, at) => (one.includes(words) ? [at] : []))
  t.equal(of(BEGINNING).length, 1)
  t.equal(of(SECOND).length, 1)
  t.equal(of(SECOND)[0], of(BEGINNING)[0]! + 1, 'the second part hangs from the first')
  t.match(said[of(SECOND)[0]!], /\^NB$/)
  t.same(of(HURRIED), [])
  t.equal(await machine.getByAltText('A road between hedges, early light.').count(), 1)
}

/** A follower and a stranger answer; the host answers one of them, and chooses it for the page. */
async function answerFollower(
  t: Test,
  { host, approver, machine, href }: { host: Page; approver: Page; machine: Page; href: string },
): Promise<void> {
  await speak(machine, { name: 'Edda Quist', handle: 'eddaquist', text: 'What is in your bag?' })
  await speak(machine, { name: 'Sly Hask', handle: 'slyhask', text: 'Buy my kettles.' })
  await host.goto(`${href}/conversation`)
  await until(host, /Edda Quist[^]*Sly Hask|Sly Hask[^]*Edda Quist/)
  await press(host, 'Choose for the page: Edda Quist')
  t.match(await status(host), 'Edda Quist stands on the page now.')
  await host.getByRole('link', { name: 'Answer: Edda Quist' }).click()
  t.match(await main(host), /What is in your bag\?[^]*Your post will stand under theirs/)
  await host.getByLabel('Text', { exact: true }).fill('Dressings, a torch, and a biscuit.')
  await press(host, 'Submit for approval')
  await approve(t, approver, /a torch, and a biscuit/)
  await host.goto(`${href}/conversation`)
  await until(host, /Answered: Dressings, a torch/)

  await machine.goto('/sandbox')
  const said = await machine.locator('.follower .said').allInnerTexts()
  const question = said.findIndex((one) => one.includes('in your bag'))
  t.match(said[question + 1], 'Dressings, a torch, and a biscuit.', 'the answer hangs from the question')
}

async function speak(machine: Page, said: { name: string; handle: string; text: string }): Promise<void> {
  await machine.goto('/sandbox')
  await machine
    .locator('.follower li')
    .filter({ hasText: BEGINNING })
    .getByRole('link', { name: /^Answer/ })
    .click()
  await machine.getByLabel('Name').fill(said.name)
  await machine.getByLabel('Handle').fill(said.handle)
  await machine.getByLabel('What you say').fill(said.text)
  await press(machine, 'Post it')
}

async function readRunningWeek(t: Test, follower: Page, slot: string): Promise<void> {
  await follower.goto(`/@NorthDaleHealth/weeks/${slot}`)
  const page = await main(follower)
  t.match(page, /The first door opens at seven[^]*four kitchens[^]*Edda Quist[^]*What is in your bag/)
  t.notMatch(page, 'Buy my kettles')
}

/** The lead hides a post, writes a text, moves it, and publishes. */
async function editRecap(t: Test, lead: Page, href: string): Promise<void> {
  await lead.goto(`${href}/recap`)
  t.match(await main(lead), /Not published[^]*The first door opens at seven/)
  const story = '#story-form > input[name=version]'
  // Each is done in place, and then the page has the story as it became.
  const doing = async (name: string) => {
    const before = await lead.locator(story).getAttribute('value')
    await lead.getByRole('button', { name, exact: true }).filter(seen).first().click()
    await lead.locator(`${story}:not([value="${before}"])`).waitFor({ state: 'attached' })
  }
  const seen = { visible: true }
  await doing('Hide: who joined in')
  await lead.getByText('Hidden:').first().waitFor()
  await lead.getByText('Write or add here').filter(seen).first().click()
  await lead.getByLabel('Heading, if you want one').filter(seen).fill('How it began')
  await lead.getByLabel('Text', { exact: true }).filter(seen).fill('Nobody had asked to see the bag before.')
  await doing('Add to the story')
  // Published at once, before the answer to what was done last is there.
  await lead.getByRole('button', { name: 'Move down: what Helen Marsh wrote' }).filter(seen).first().click()
  await press(lead, 'Publish')
  t.match(await main(lead), 'Published')
}

/** Everything that is public, in a browser without scripts; and no cookie at the end of it. */
async function readEverything(t: Test, follower: Page, slot: string): Promise<void> {
  const account = '/@NorthDaleHealth'
  for (const [path, words] of [
    [account, /NorthDale Health|My Working Week/],
    [`${account}/weeks/${slot}`, /four kitchens[^]*What is in your bag[^]*How it began[^]*Nobody had asked/],
    [`${account}/rota`, /Who has @NorthDaleHealth/],
    [`${account}/recaps`, /Nine doors before noon/],
    ['/accessibility', /screen reader|keyboard|Accessibility/i],
    ['/privacy', /cookie/],
  ] as const) {
    const answer = await follower.goto(path)
    t.equal(answer?.status(), 200, path)
    t.match(await main(follower), words, path)
    t.notMatch(await follower.content(), 'Buy my kettles')
  }
  const feed = await follower.request.get(`${account}/feed.xml`)
  t.match(await feed.text(), /Nine doors before noon/)
  t.same(await follower.context().cookies(), [])
}

/** The record of the week, from its end to its beginning. */
async function readRecord(t: Test, lead: Page, href: string): Promise<void> {
  await lead.goto(`/activity?week=${href.split('/').at(-1)}`)
  t.match(
    await main(lead),
    /published[^]*declined “Names of everybody[^]*approved “The first door[^]*asked for changes[^]*accepted[^]*booked/,
  )
}

const bookingLink = (page: Page) => page.getByRole('link', { name: /^book / }).first()

/** Comes in by the sandbox's door. */
async function comeIn(page: Page, label: RegExp): Promise<void> {
  await page.goto('/sandbox')
  await press(page, label)
}

async function travelToOpening(machine: Page, slot: string): Promise<void> {
  for (let weeks = 0; weeks < 60; weeks += 1) {
    await travel(machine, 'When the next week opens')
    const now = await machine.locator('.clock time').first().getAttribute('datetime')
    if (now!.startsWith(slot)) return
  }
  throw new Error(`Of 60 weeks that opened none was that of ${slot}.`)
}

async function travel(machine: Page, to: string): Promise<void> {
  await machine.goto('/sandbox')
  await Promise.all([machine.waitForEvent('load'), machine.getByRole('button', { name: to }).click()])
}

/** Reads the page again until these words stand there. */
async function until(page: Page, words: RegExp): Promise<void> {
  for (let tries = 0; tries < 150; tries += 1) {
    if (words.test(await main(page))) return
    await page.waitForTimeout(200)
    await page.reload()
  }
  throw new Error(`${page.url()} never said ${words}`)
}

async function press(page: Page, name: string | RegExp): Promise<void> {
  // Where a link has led here, its page is not all there yet: that is not the one that the press leads to.
  await page.waitForLoadState()
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name, exact: true }).click()])
}

const main = (page: Page) => page.getByRole('main').innerText()
const status = (page: Page) => page.getByRole('status').first().innerText()
const alert = (page: Page) => page.getByRole('alert').innerText()

const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/jpeg', buffer })

/** The link in the newest mail with this subject, as the sandbox shows it. */
async function mailedLink(machine: Page, subject: RegExp): Promise<string> {
  for (let tries = 0; tries < 150; tries += 1) {
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
