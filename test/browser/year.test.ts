import type { InjectOptions } from 'fastify'
import type { Page } from 'playwright-core'
import t from 'tap'
import { weekHosts, weeks } from '../../src/db/schema/index.ts'
import { tellOfGaps } from '../../src/rota/planner/gap-alerts.ts'
import { PUBLIC_URL, testApp, Visitor, type TestApp } from '../support/app.ts'
import { linkIn, sentMails } from '../support/bookings.ts'
import { openBrowser, serve, signInPage } from '../support/browser.ts'
import { look } from '../support/look.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

const browser = await openBrowser(t)
const PHONE = { width: 390, height: 844, touch: true }

/** The Mondays of 2027: as many weeks as a year has. */
const MONDAYS = Array.from({ length: 52 }, (_, at) =>
  new Date(Date.UTC(2027, 0, 4 + 7 * at)).toISOString().slice(0, 10),
)
const YEAR = '/rota?from=2027-01'

const VOLUNTEER = { name: 'Rosa Bell', email: 'rosa@north.example', job: 'Porter', slot: MONDAYS[8]! }
const STANDBY = { name: 'Mei Lin Chan', email: 'mei@north.example', slot: MONDAYS[3]! }
const SECOND_STANDBY = { name: 'Una North', email: 'una@north.example' }
const SINGLE = { name: 'Tom Garside', email: 'tom@north.example', slot: MONDAYS[9]! }
const DROPPED = MONDAYS[0]!
const GAPS = [MONDAYS[5]!, MONDAYS[30]!, MONDAYS[50]!]
/** First it is set a week too early. */
const HIATUS = MONDAYS[51]!
const TOO_EARLY = MONDAYS[50]!
const SWAPPED = [MONDAYS[10]!, MONDAYS[20]!] as const

/** Those of the lead's spreadsheet, with the first days of their weeks. */
const LISTED = MONDAYS.filter(
  (slot) => ![VOLUNTEER.slot, STANDBY.slot, SINGLE.slot, HIATUS, ...GAPS].includes(slot),
).map((slot, at) => ({ slot, name: nameOf(at), email: `host${at}@north.example`, job: 'Nurse' }))

/** Another one for each number. */
function nameOf(at: number): string {
  return `${'ABCDEFGHIJKLM'[at % 13]!}${'aeiou'[at % 5]!}${'lmnrst'[Math.floor(at / 13)]!}a Host`
}

t.test('a year of 52 weeks, from an empty planner to the public rota', async (t) => {
  const world = await testApp(t, {
    at: '2026-12-30T10:00:00Z',
    network: { beginConnection: () => ({ url: 'https://x.example/' }) } as never,
  })
  const { db, clock } = world
  await anAccount(db, { now: clock.now() })
  const origin = await serve(world)
  const mails = () => sentMails(db, clock)
  const mailTo = async (email: string) => (await mails()).findLast(({ to }) => to === email)!
  const phone = () => browser.newPage(t, origin, PHONE)
  const lead = await browser.newPage(t, origin)
  await signInPage(lead, world, LEAD.email)

  await t.test('the lead’s planner is empty', async (t) => {
    await lead.goto(YEAR)
    t.match(await lead.innerText('header.page-title'), 'No weeks booked')
    t.equal(await lead.locator('.slot').count(), 52)
    t.equal(await lead.locator('.slot[data-state="gap"]').count(), 52)
    await look(t, lead, 'empty')
  })

  await t.test('the hosts of a spreadsheet are booked by two presses', async (t) => {
    await lead.getByRole('link', { name: 'Book several weeks' }).click()
    await lead.getByText('Paste them from a spreadsheet').click()
    const lines = LISTED.map(({ slot, name, email, job }) => [british(slot), name, email, job].join('\t'))
    await lead.getByLabel('Your list').fill(['Week\tHost\tE-mail\tJob', ...lines].join('\n'))
    await lead.getByRole('button', { name: 'Fill them in' }).click()
    await lead.getByText(`Filled in: ${LISTED.length} weeks`).waitFor()
    await look(t, lead, 'filled in')
    await lead.getByRole('button', { name: 'Book and invite them' }).click()
    await lead.getByText(`Booked: ${LISTED.length} weeks`).waitFor()
  })

  const invitations = new Map((await mails()).map(({ to, text }) => [to, linkIn(text)]))
  t.equal(invitations.size, LISTED.length, 'each is invited once')

  await t.test('one more is booked by the planner’s own form, and the next gap is offered', async () => {
    await lead.goto(`/rota/book?slot=${SINGLE.slot}`)
    await lead.getByLabel('Host’s name').fill(SINGLE.name)
    await lead.getByLabel('E-mail').fill(SINGLE.email)
    await lead.getByRole('button', { name: 'Book and invite' }).last().click()
    await lead.getByRole('link', { name: 'Book the next gap, 2 to 6 August' }).waitFor()
    invitations.set(SINGLE.email, linkIn((await mailTo(SINGLE.email)).text))
  })

  await t.test('who drags a week onto one that can’t change places with it is told why', async (t) => {
    const [first, second] = [LISTED[0]!, LISTED[1]!]
    const slotOf = (slot: string) => lead.locator('.slot', { has: lead.locator(`time[datetime="${slot}"]`) })
    await lead.goto(YEAR)
    await lead.waitForLoadState('networkidle')
    const grip = (await slotOf(first.slot).locator('[data-grip]').boundingBox())!
    const place = (await slotOf(second.slot).boundingBox())!
    await lead.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2)
    await lead.mouse.down()
    await lead.mouse.move(place.x + place.width / 2, place.y + place.height / 2, { steps: 5 })
    await lead.mouse.up()
    const said = lead.getByRole('status').getByText(`${second.name} has not said yes to`)
    await said.waitFor()
    t.ok(
      await said.evaluate((words) => words.getBoundingClientRect().bottom <= innerHeight),
      'where the lead is looking',
    )
    t.ok(
      await said.evaluate((words) => {
        const { top, bottom } = words.closest('[data-rota-said]')!.getBoundingClientRect()
        const slots = [...document.querySelectorAll('.slot')].map((slot) => slot.getBoundingClientRect())
        return slots.every((slot) => slot.bottom <= top || slot.top >= bottom)
      }),
      'it covers no week',
    )
    await look(t, lead, 'not swapped')
    await lead.getByRole('button', { name: 'Close', exact: true }).click()
    await said.waitFor({ state: 'detached' })
  })

  await t.test('a week at the end of the year is a hiatus', async (t) => {
    await lead.goto(`/rota/book?slot=${TOO_EARLY}`)
    await lead.getByLabel('Hiatus, nobody on purpose').check()
    await lead.getByLabel('Reason').fill('Between the years')
    await lead.getByRole('button', { name: 'Leave it empty' }).click()
    await lead.getByText('Nobody has that week now, on purpose.').waitFor()
    t.same(await mails(), [], 'nobody is written to')
  })

  await t.test('it is moved to the very last by keyboard alone, without a script', async (t) => {
    const plain = await browser.newPage(t, origin, { javaScript: false })
    await signInPage(plain, world, LEAD.email)
    await plain.goto(YEAR)
    t.equal(await plain.locator('[data-grip]:visible').count(), 0, 'there is nothing to drag')
    await plain.getByRole('link', { name: 'Move the hiatus, 20 to 24 December 2027' }).press('Enter')
    const days = plain.getByLabel('To which days?')
    const choices = await days.locator('option').allTextContents()
    t.ok(
      choices.includes(
        '27 to 31 December 2027 (Mon 27: Christmas Day, substitute day; Tue 28: Boxing Day, substitute day)',
      ),
      'bank holidays are told',
    )
    await days.press('End')
    for (let left = choices.length; left > 0 && (await days.inputValue()) !== HIATUS; left -= 1)
      await days.press('ArrowUp')
    await plain.getByRole('button', { name: 'Move the week' }).press('Enter')
    t.match(await plain.locator('.flash').innerText(), 'Moved: it is 27 to 31 December 2027 now.')
  })

  await t.test('a host accepts by the link of the mail, on a phone', async (t) => {
    const page = await phone()
    await acceptByLink(page, invitations.get(LISTED[0]!.email)!, () => mailTo(LISTED[0]!.email))
    t.match(await page.innerText('main'), 'Before your week opens')
    await look(t, page, 'accepted', { onPhone: true })
  })

  await t.test('so do all the others', async (t) => {
    const others = [...LISTED.slice(1), SINGLE]
    await acceptAll(
      world,
      others.map(({ email }) => [email, invitations.get(email)!]),
    )
    const announced = (await db.read.select().from(weeks)).filter(({ state }) => state === 'announced')
    t.equal(announced.length, LISTED.length + 1)
    await mails()
  })

  await t.test('a volunteer asks for a week, is offered two, and takes one on a phone', async () => {
    const page = await phone()
    await page.goto('/@NorthDaleHealth/take-part')
    await page.getByLabel('Your name').fill(VOLUNTEER.name)
    await page.getByLabel('Work e-mail').fill(VOLUNTEER.email)
    await page.getByLabel('What you do').fill(VOLUNTEER.job)
    await page.getByLabel('What would you talk about?').fill('What a hospital looks like from behind a bed.')
    await page.locator(`input[name="weeks"][value="${VOLUNTEER.slot}"]`).check()
    clock.moveMachine(1)
    await page.getByRole('button', { name: 'Ask for a week' }).click()
    await page.getByText('Look at your mail').waitFor()
    await page.goto(linkIn((await mailTo(VOLUNTEER.email)).text))
    await page.locator('main form button[type=submit]').first().click()
    await page.waitForLoadState()

    await lead.goto('/rota')
    await lead.getByRole('link', { name: 'Who asks for a week' }).click()
    await lead.getByRole('link', { name: VOLUNTEER.name }).click()
    await lead.getByText('Offer weeks').click()
    await lead.locator(`input[name="weeks"][value="${VOLUNTEER.slot}"]`).check()
    await lead.getByText('Other weeks that are free').click()
    await lead.locator(`input[name="weeks"][value="${GAPS[1]}"]`).check()
    await lead.getByRole('button', { name: 'Send the offer' }).click()
    await lead.getByText('The offer is on its way.').waitFor()

    await page.goto(linkIn((await mailTo(VOLUNTEER.email)).text))
    await page.locator(`input[value="${VOLUNTEER.slot}"]`).check()
    await page.getByRole('button', { name: 'Yes, I take this week' }).click()
    await page.getByText('The week is yours').waitFor()
  })

  await t.test('the lead is told of the gaps that come near, by mail and on Today', async (t) => {
    const { visitor } = world
    const helen = await visitor(LEAD.email)
    const { body } = await helen.get(`/accounts/${ACCOUNT}`)
    const version = /name="version" value="(\d+)"/.exec(body)![1]!
    const at = `/accounts/${ACCOUNT}/planning`
    await helen.post(`/accounts/${ACCOUNT}`, at, { version, ownDays: '', gapWeeks: '6' })
    await tellOfGaps(db, { now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL })
    const { subject, text } = await mailTo(LEAD.email)
    t.equal(subject, '@NorthDaleHealth: two weeks have no host')
    t.match(text, '- 25 to 29 January 2027\n- 8 to 12 February 2027')
    await lead.goto('/today')
    t.match(await lead.innerText('main'), 'Two weeks ahead have no host')
  })

  await t.test('a standby host is called in for the nearest, and accepts on a phone', async (t) => {
    await lead.goto('/rota/standby')
    for (const { name, email } of [STANDBY, SECOND_STANDBY]) {
      await lead.getByLabel('Name').fill(name)
      await lead.getByLabel('E-mail').fill(email)
      await lead.getByRole('button', { name: 'Add to the list' }).click()
      await lead.getByText(`${name} can be called in now.`).waitFor()
    }
    await lead.goto('/today')
    await lead.getByRole('link', { name: 'Fill the nearest' }).click()
    await lead.getByRole('button', { name: `Call in ${STANDBY.name}` }).click()
    await lead.getByText(`${STANDBY.name} is called in for 25 to 29 January`).waitFor()
    const page = await phone()
    await acceptByLink(page, linkIn((await mailTo(STANDBY.email)).text), () => mailTo(STANDBY.email))
    await lead.goto('/today')
    t.match(await lead.innerText('main'), 'Nobody hosts 8 to 12 February 2027', 'one gap is left')
  })

  const [one, other] = [hostOf(SWAPPED[0]), hostOf(SWAPPED[1])]
  await t.test('two hosts swap their weeks, once both have said yes on their phones', async (t) => {
    await lead.goto(YEAR)
    await lead
      .getByRole('link', { name: new RegExp(`^${one.name}`) })
      .first()
      .click()
    await lead.getByRole('link', { name: 'Swap it with another host’s' }).click()
    await lead.getByLabel('With whom?').selectOption({ label: `${other.name}, 24 to 28 May 2027` })
    await lead.getByRole('button', { name: 'Ask both' }).click()
    await lead.getByText('Both are asked.').waitFor()
    const asked = await mails()
    for (const { email } of [one, other]) {
      const page = await phone()
      await signInPage(page, world, email)
      await page.goto(linkIn(asked.find(({ to }) => to === email)!.text))
      await page.getByRole('button', { name: 'Yes, swap our weeks' }).click()
      await page
        .getByText(email === one.email ? 'The other one is asked still' : 'you have each other’s days')
        .waitFor()
    }
    t.same(
      (await mails())
        .map(({ to }) => to)
        .filter((to) => to !== LEAD.email)
        .toSorted(),
      [one.email, other.email].toSorted(),
      'both are told',
    )
  })

  await t.test(
    'a drop-out on the Sunday night: from Today to everybody told, on a phone, by three presses',
    async (t) => {
      clock.moveTo(new Date('2027-01-03T21:40:00Z'))
      const page = await phone()
      await signInPage(page, world, LEAD.email)
      await page.goto('/rota')
      await page
        .locator('.slot', { has: page.locator(`time[datetime="${DROPPED}"]`) })
        .getByRole('link')
        .first()
        .click()
      await page.getByRole('link', { name: /can’t host$/ }).click()
      await page.getByRole('button', { name: `Call in ${SECOND_STANDBY.name}` }).click()
      await page.getByText(`${SECOND_STANDBY.name} instead of ${LISTED[0]!.name}`).waitFor()
      const told = await mails()
      t.same(
        told.map(({ to }) => to).toSorted(),
        [APPROVER.email, LISTED[0]!.email, SECOND_STANDBY.email].toSorted(),
        'the host, who is called in, and the desk',
      )
      const link = linkIn(told.find(({ to }) => to === SECOND_STANDBY.email)!.text)
      await acceptByLink(await phone(), link, () => mailTo(SECOND_STANDBY.email))
    },
  )

  await t.test('the year stands as it was booked, for the desk and for the public', async (t) => {
    const expected = new Map(LISTED.map(({ slot, name }) => [slot, name]))
    expected.set(VOLUNTEER.slot, VOLUNTEER.name)
    expected.set(STANDBY.slot, STANDBY.name)
    expected.set(SINGLE.slot, SINGLE.name)
    expected.set(DROPPED, SECOND_STANDBY.name)
    expected.set(SWAPPED[0], other.name)
    expected.set(SWAPPED[1], one.name)
    expected.set(HIATUS, 'Hiatus')
    for (const gap of GAPS) expected.set(gap, 'Gap')
    const year = MONDAYS.map((slot) => `${slot} ${expected.get(slot)}`)

    await lead.goto(YEAR)
    t.same(await weeksOn(lead, '.slot'), year)
    t.match(await lead.innerText('header.page-title'), '48 weeks booked')
    await look(t, lead, 'the whole year')

    const follower = await phone()
    await follower.goto('/@NorthDaleHealth/rota')
    const called: Record<string, string> = { 'A break.': 'Hiatus', 'Open.': 'Gap' }
    const lines = await follower.locator('.rota-list > li').evaluateAll((items) =>
      items.map((item) => ({
        slot: item.querySelector('time')!.getAttribute('datetime')!.slice(0, 10),
        name: item.querySelector('b')!.textContent,
      })),
    )
    t.same(
      lines.map(({ slot, name }) => `${slot} ${called[name] ?? name}`),
      year,
      'the public rota agrees',
    )

    const kept = (await db.read.select().from(weeks)).filter(({ state }) => state !== 'cancelled')
    t.equal(new Set(kept.map(({ slot }) => slot)).size, kept.length, 'no slot has two weeks')
    const hosts = (await db.read.select().from(weekHosts)).filter(({ endedAt }) => endedAt === null)
    t.equal(new Set(hosts.map(({ weekId }) => weekId)).size, hosts.length, 'no week has two hosts')
    t.ok(
      hosts.every(({ acceptedAt }) => acceptedAt),
      'and nobody hosts who did not say yes',
    )
  })
})

function hostOf(slot: string) {
  return LISTED.find((host) => host.slot === slot)!
}

/** "4 January 2027" */
function british(day: string): string {
  return new Date(day).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
}

/** From the link of an invitation, over the mail with which one signs in, to the host's own page. */
async function acceptByLink(
  page: Page,
  link: string,
  nextMail: () => Promise<{ text: string }>,
): Promise<void> {
  await page.goto(link)
  await page.getByRole('button', { name: 'Mail me a link to sign in' }).click()
  await page.getByText('Look at your mail').waitFor()
  await page.goto(linkIn((await nextMail()).text))
  await page.locator('main form button[type=submit]').click()
  await page.getByRole('button', { name: 'Yes, I take the week' }).click()
  await page.waitForURL(/\/today/)
}

/** The same without a browser, each from a place of their own. */
async function acceptAll(
  { app, db, clock }: Pick<TestApp, 'app' | 'db' | 'clock'>,
  invitations: [email: string, link: string][],
): Promise<void> {
  const hosts = new Map<string, Visitor>()
  for (const [at, [email, link]] of invitations.entries()) {
    const host = new FromElsewhere(app, `10.0.0.${at + 1}`)
    hosts.set(email, host)
    await host.post(link, `${link}/sign-in-mail`)
  }
  for (const { to, text } of await sentMails(db, clock)) {
    const host = hosts.get(to)!
    const link = linkIn(text)
    const { headers } = await host.post(link, link)
    const page = headers.location!
    const { body } = await host.get(page)
    const slot = /name="slot" value="([^"]+)"/.exec(body)![1]!
    await host.post(page, page.replace('/invitation', '/acceptance'), { slot })
  }
}

class FromElsewhere extends Visitor {
  readonly #address: string

  constructor(app: TestApp['app'], address: string) {
    super(app)
    this.#address = address
  }

  override request(options: InjectOptions) {
    return super.request({ ...options, remoteAddress: this.#address })
  }
}

/** Who stands in each place of the planner. */
function weeksOn(page: Page, place: string): Promise<string[]> {
  return page.locator(place).evaluateAll((slots) =>
    slots.map((slot) => {
      const name = slot.querySelector('h3')!.firstElementChild?.childNodes[0]?.textContent ?? ''
      const who = { gap: 'Gap', hiatus: 'Hiatus' }[(slot as HTMLElement).dataset['state']!] ?? name
      return `${slot.querySelector('time')!.getAttribute('datetime')} ${who}`
    }),
  )
}
