import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { findDraft } from '../../src/drafts/store.ts'
import { testApp } from '../support/app.ts'
import { openBrowser, serve, signInPage } from '../support/browser.ts'
import { anAccount, APPROVER, LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const NEW = `/drafts/new?week=${WEEK}`
const browser = await openBrowser(t)

async function midweek(t: Test) {
  const world = await testApp(t)
  await anAccount(world.db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(world.db)
  const joseph = await world.visitor(JOSEPH.email)
  const pollOf = async (id: string) => (await findDraft(world.db.read, id))!.content.parts[0]!.poll
  return { ...world, world, joseph, pollOf }
}

/** The editor's fields for a question with a poll. */
const asking = (options: string[], more: Record<string, string> = {}) => ({
  'part-1-text': 'What does a bed weigh?',
  ...Object.fromEntries(
    [...options, '', '', '', ''].slice(0, 4).map((one, at) => [`part-1-poll-${at + 1}`, one]),
  ),
  'part-1-poll-length': '2',
  'part-1-poll-unit': 'days',
  when: 'soon',
  ...more,
})
const inHistory = (html: string) => html.replaceAll(/\s+/g, ' ')

t.test('a poll is written, refused with what was typed, kept, read and decided', async (t) => {
  const { joseph, visitor, pollOf } = await midweek(t)
  const owen = await visitor(APPROVER.email)
  const id = randomUUID()
  const path = `/drafts/${id}`
  const page = (await joseph.get(NEW)).body
  t.match(page, 'Two to four options of up to 25 characters each, open for 5 minutes to 7 days.')

  const wrong: [what: string, form: Record<string, string>, says: string][] = [
    ['one option', asking(['Light']), 'A poll has at least two options.'],
    ['a long option', asking(['Light', 'x'.repeat(26)]), 'has 26 characters; X takes 25 for an option.'],
    [
      'too short',
      asking(['Light', 'Heavy'], { 'part-1-poll-length': '4', 'part-1-poll-unit': 'minutes' }),
      'at least 5 minutes and at most 7 days',
    ],
    [
      'no length',
      asking(['Light', 'Heavy'], { 'part-1-poll-length': 'long' }),
      'at least 5 minutes and at most 7 days',
    ],
    [
      'no question',
      asking(['Light', 'Heavy'], { 'part-1-text': '' }),
      'Write the question that the poll asks.',
    ],
  ]
  for (const [what, form, says] of wrong) {
    const answer = await joseph.post(NEW, '/drafts', { id: randomUUID(), week: WEEK, ...form, do: 'submit' })
    t.equal(answer.statusCode, 422, what)
    t.match(answer.body, says, what)
    t.match(answer.body, 'value="Light"', `${what}: what was typed is there`)
  }
  const bytes = await sharp({ create: { width: 4, height: 3, channels: 3, background: '#234' } })
    .png()
    .toBuffer()
  const both = await joseph.upload(
    NEW,
    '/drafts',
    { id: randomUUID(), week: WEEK, ...asking(['Light', 'Heavy']), 'part-1-alt': 'A bed', do: 'submit' },
    { 'part-1-image': { name: 'bed.png', bytes } },
  )
  t.equal(both.statusCode, 422)
  t.match(both.body, 'X takes a poll or images in a post, not both.')

  const begun = await joseph.post(NEW, '/drafts', {
    id,
    week: WEEK,
    ...asking(['Light', 'Heavy']),
    do: 'save',
  })
  t.equal(begun.statusCode, 303)
  t.same(await pollOf(id), { options: ['Light', 'Heavy'], minutes: 2880 })
  const removed = await joseph.post(path, path, {
    version: '1',
    ...asking(['Light', 'Heavy']),
    do: 'remove-poll-1',
  })
  t.notMatch(removed.body, 'value="Light"', 'one press takes it out')
  t.same(await pollOf(id), { options: ['Light', 'Heavy'], minutes: 2880 }, 'and saves nothing yet')

  await joseph.post(path, `${path}/submission`, { version: '1' })
  for (const [who, where] of [
    [joseph, path],
    [owen, path],
    [owen, `/queue?draft=${id}`],
  ] as const)
    t.match(
      (await who.get(where)).body,
      '<ul class="poll" aria-label="Poll, 2 days"><li>Light</li><li>Heavy</li></ul><p class="poll-length">Open for 2 days</p>',
      where,
    )
})

t.test('two people on one draft with a poll: each is shown, and the one that is chosen stands', async (t) => {
  const { joseph, visitor, pollOf, db } = await midweek(t)
  const helen = await visitor(LEAD.email)
  const id = randomUUID()
  const path = `/drafts/${id}`
  await joseph.post(NEW, '/drafts', { id, week: WEEK, ...asking(['Light', 'Heavy']), do: 'save' })
  await helen.post(path, path, { version: '1', ...asking(['Light', 'Very heavy']) })
  const mine = asking(['Light', 'Heavy', 'No idea'], {
    'part-1-poll-length': '3',
    'part-1-poll-unit': 'hours',
  })
  const conflict = await joseph.post(path, path, { version: '1', ...mine })
  t.equal(conflict.statusCode, 409)
  t.match(conflict.body, 'aria-label="Poll, open for 3 hours"><li>Light</li><li>Heavy</li><li>No idea</li>')
  t.match(conflict.body, 'aria-label="Poll, open for 2 days"><li>Light</li><li>Very heavy</li>')
  t.match(conflict.body, 'the images, their descriptions or the poll differ')
  const other = await joseph.post(path, path, { version: '1', ...mine, 'part-1-text': 'And a chair?' })
  t.match(other.body, 'differ, and the images, their descriptions or the poll; underlined')

  // As the page would send it: what was typed stands in its hidden fields.
  const hidden = [...conflict.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)]
  const carried = Object.fromEntries(hidden.map(([, name, value]) => [name!, value!]))
  t.equal(carried['mine-1-poll-3'], 'No idea')
  const copied = await joseph.post(path, path, { ...carried, do: 'copy' })
  t.equal(copied.statusCode, 303)
  t.same(await pollOf(carried['copy-id']!), { options: ['Light', 'Heavy', 'No idea'], minutes: 180 })

  const choices = [
    ['theirs', { options: ['Light', 'Very heavy'], minutes: 2880 }],
    ['mine', { options: ['Light', 'Heavy', 'No idea'], minutes: 180 }],
  ] as const
  for (const [take, poll] of choices) {
    const { version } = (await findDraft(db.read, id))!
    const merged = await joseph.post(path, path, {
      ...carried,
      version: String(version),
      'take-1': take,
      do: 'merge',
    })
    t.equal(merged.statusCode, 303, take)
    t.same(await pollOf(id), poll, take)
  }
})

t.test('the history tells what became of a poll, and going back brings it back', async (t) => {
  const { joseph, pollOf } = await midweek(t)
  const id = randomUUID()
  const path = `/drafts/${id}`
  await joseph.post(NEW, '/drafts', { id, week: WEEK, ...asking(['Light', 'Heavy']), do: 'save' })
  await joseph.post(path, path, {
    version: '1',
    ...asking(['Light', 'Very heavy'], { 'part-1-poll-length': '1' }),
  })
  await joseph.post(path, path, { version: '2', ...asking([]) })
  t.equal(await pollOf(id), undefined)
  const second = inHistory((await joseph.get(`${path}/history?revision=2`)).body)
  t.match(second, /<del>[^<]*2 days<\/del>/)
  t.match(second, /<ins>[^<]*Very/)
  t.match(second, '<small>the poll</small>', 'the list says what changed')
  const third = inHistory((await joseph.get(`${path}/history`)).body)
  t.match(third, /<del>Poll: Light \/ Very heavy, open for 1 day<\/del>/)

  const back = await joseph.post(`${path}/history`, `${path}/revisions`, { version: '3', number: '1' })
  t.equal(back.statusCode, 303)
  t.same(await pollOf(id), { options: ['Light', 'Heavy'], minutes: 2880 })
})

t.test('while a poll is typed it is shown, and what X would refuse of it is said', async (t) => {
  const { world, pollOf } = await midweek(t)
  const origin = await serve(world)
  world.deps.settings.publicUrl = () => origin
  const page = await browser.newPage(t, origin, { width: 390, height: 844 })
  await signInPage(page, world, JOSEPH.email)
  await page.goto(NEW)
  const checks = page.locator('[data-checks]')
  await page.getByLabel('Text', { exact: true }).fill('What does a bed weigh?')
  await page.getByText('Add a poll').click()
  await page.getByLabel('Option 1').fill('Light')
  await checks.getByText('A poll has at least two options.').waitFor()
  await page.getByLabel('Option 2').fill('Light')
  await checks.getByText('“Light” stands there twice.').waitFor()
  await page.getByLabel('Option 2').fill('')
  await page.getByLabel('Option 2').pressSequentially('Heavy as a very small horse')
  t.equal(await page.getByLabel('Option 2').inputValue(), 'Heavy as a very small hor', '25 characters')
  await page.getByLabel('Open for').fill('8')
  await checks.getByText('A poll runs for at least 5 minutes and at most 7 days.').waitFor()
  await page.getByLabel('Counted in').selectOption('hours')
  await checks.getByText('It fits, sign-off included.').waitFor()
  const shown = page.locator('.as-posted .poll')
  t.equal(await shown.getAttribute('aria-label'), 'Poll, 8 hours')
  t.same(await shown.locator('li').allTextContents(), ['Light', 'Heavy as a very small hor'])
  await page.getByRole('button', { name: 'Submit for approval' }).click()
  await page.getByText('Waits for approval').waitFor()
  const id = new URL(page.url()).pathname.split('/').at(-1)!
  t.same(await pollOf(id), { options: ['Light', 'Heavy as a very small hor'], minutes: 480 })
})
