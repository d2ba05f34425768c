import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { eq } from 'drizzle-orm'
import { deliveries, posts } from '../../src/db/schema/index.ts'
import { findDraft } from '../../src/drafts/store.ts'
import { latestMails } from '../../src/mail/store.ts'
import { insertPerson } from '../../src/people/people.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek, revisionsOf, WEEK } from '../support/submitted.ts'

/** Wednesday 18 November 2026, 10:42, in Joseph's week. */
async function midweek(t: Test, at?: string) {
  const world = await testApp(t, at ? { at } : {})
  await anAccount(world.db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(world.db)
  const joseph = await world.visitor(JOSEPH.email)
  const helen = await world.visitor(LEAD.email)
  const owen = await world.visitor(APPROVER.email)
  return { ...world, joseph, helen, owen }
}

const NEW = `/drafts/new?week=${WEEK}`
const words = (text: string, more: Record<string, string> = {}) => ({
  'part-1-text': text,
  when: 'soon',
  ...more,
})
const picture = () =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: '#0b6e69' } })
    .jpeg()
    .toBuffer()

t.test('a host writes, saves, submits, and takes it back', async (t) => {
  const { joseph, helen, db } = await midweek(t)
  const page = await joseph.get(NEW)
  t.equal(page.statusCode, 200)
  t.match(page.body, 'Sign-off: <b data-signed>^JA</b>')
  t.match(page.body, '#NorthDaleWeek')
  t.match(page.body, 'London time. The week runs from Monday 16 November, 9:00 to Friday 20 November, 18:00.')

  const id = randomUUID()
  const form = {
    id,
    week: WEEK,
    ...words('What a bed weighs.', { when: 'time', day: '2026-11-18', time: '12:30' }),
  }
  const begun = await joseph.post(NEW, '/drafts', { ...form, do: 'save' })
  t.equal(begun.statusCode, 303)
  t.equal(begun.headers.location, `/drafts/${id}`)
  const editor = await joseph.get(`/drafts/${id}`)
  t.match(editor.body, 'For today 12:30')
  t.match(editor.body, 'It fits, sign-off included.')
  t.match(editor.body, 'The time is inside the week, and free.')

  const again = await joseph.post(NEW, '/drafts', { ...form, do: 'save' })
  t.equal(again.headers.location, `/drafts/${id}`, 'sent twice makes one')
  t.equal((await revisionsOf(db, id)).length, 1)

  const submitted = await joseph.post(`/drafts/${id}`, `/drafts/${id}/submission`, {
    version: '1',
    ...words('What an empty bed weighs.', { when: 'time', day: '2026-11-18', time: '12:30' }),
  })
  t.equal(submitted.headers.location, `/drafts/${id}`)
  t.equal((await revisionsOf(db, id)).length, 2, 'new words are a new revision')
  const reading = await joseph.get(`/drafts/${id}`)
  t.match(reading.body, 'Waits for approval')
  t.notMatch(reading.body, '<textarea class="part-text"', 'it opens to be read only')
  t.match((await helen.get(`/drafts/${id}`)).body, `/queue?draft&#x3D;${id}`)

  const draft = (await findDraft(db.read, id))!
  const back = await joseph.post(`/drafts/${id}`, `/drafts/${id}/withdrawal`, {
    version: String(draft.version),
  })
  t.equal(back.statusCode, 303)
  t.match((await joseph.get(`/drafts/${id}`)).body, '<textarea class="part-text"')
  t.equal(
    (await joseph.post(`/drafts/${id}`, `/drafts/${id}/withdrawal`, { version: String(draft.version) }))
      .statusCode,
    409,
    'taking back what is back already',
  )
})

t.test('those who decide are told by mail, the author is not', async (t) => {
  const { joseph, helen, db } = await midweek(t)
  const id = randomUUID()
  const sent = { id, week: WEEK, ...words('What a bed weighs.'), do: 'submit' }
  t.equal((await joseph.post(NEW, '/drafts', sent)).statusCode, 303)
  t.equal((await joseph.post(NEW, '/drafts', sent)).statusCode, 303, 'sent twice')
  const mails = await latestMails(db.read, 10)
  t.same(mails.map(({ to }) => to).toSorted(), [LEAD.email, APPROVER.email])
  t.match(mails[0]!.text, `/queue?draft=${id}`)

  const own = randomUUID()
  await helen.post('/drafts/new', '/drafts', {
    id: own,
    week: WEEK,
    ...words('From the desk.'),
    do: 'submit',
  })
  const last = (await latestMails(db.read, 10)).filter(({ text }) => text.includes(own))
  t.same(
    last.map(({ to }) => to),
    [APPROVER.email],
  )
})

t.test('bad input comes back with what was typed', async (t) => {
  const { joseph, db } = await midweek(t)
  const cases: [what: string, fields: Record<string, string>, says: string, keeps: string][] = [
    ['nothing', words(''), 'There is nothing here yet', ''],
    ['blanks', words(' \n '), 'There is nothing here yet', ''],
    ['a megabyte', words('x'.repeat(1_048_576)), 'has 1,048,576 characters', 'x'.repeat(1000)],
    [
      'too long, to be submitted',
      { ...words('y'.repeat(290)), do: 'submit' },
      'The text is 14 too long, sign-off included: 294 of 280.',
      'y'.repeat(290),
    ],
    [
      'too long in part two of two',
      { ...words('Part one'), 'part-2-text': '日'.repeat(139), do: 'submit' },
      'Part two is 2 too long, sign-off included: 282 of 280.',
      '日'.repeat(139),
    ],
    ['an empty part', { ...words('One'), 'part-2-text': '', do: 'submit' }, 'Part two is empty', 'One'],
    [
      'a time that has passed',
      words('Late', { when: 'time', day: '2026-11-18', time: '10:41' }),
      'That time has passed: it is Wednesday 18 November, 10:42 now',
      'Late',
    ],
    [
      'after the week',
      words('Later', { when: 'time', day: '2026-11-20', time: '18:00' }),
      'outside the week, which runs from Monday 16 November, 9:00 to Friday 20 November, 18:00',
      'Later',
    ],
    ['no day', words('When?', { when: 'time', time: '12:30' }), 'Choose a day', 'When?'],
    ['no time', words('When?', { when: 'time', day: '2026-11-19' }), 'Choose a time', 'When?'],
    [
      'no such day',
      words('When?', { when: 'time', day: '2026-02-30', time: '12:30' }),
      'Choose a day',
      'When?',
    ],
    [
      'soon and a time',
      words('When?', { when: 'soon', day: '2026-11-19', time: '12:30' }),
      'Choose one',
      'When?',
    ],
    [
      'an image from nowhere',
      words('Look', { 'part-1-hash': 'f'.repeat(64), 'part-1-alt': 'A bed' }),
      'This image is not here any more',
      'A bed',
    ],
  ]
  for (const [what, fields, says, keeps] of cases) {
    const id = randomUUID()
    const answer = await joseph.post(NEW, '/drafts', { do: 'save', id, week: WEEK, ...fields })
    t.equal(answer.statusCode, 422, what)
    t.ok(answer.body.includes(says), `${what}: ${says}`)
    t.ok(answer.body.includes(keeps), `${what}: what was typed`)
    t.match(answer.body, 'class="error-summary"', what)
    const kept = await findDraft(db.read, id)
    t.equal(Boolean(kept), fields['do'] === 'submit', `${what}: kept only where it can be finished later`)
  }
  t.equal((await joseph.post(NEW, '/drafts', { id: 'no', week: WEEK, ...words('Hello') })).statusCode, 422)
})

t.test('texts of all writing systems', async (t) => {
  const { joseph, db } = await midweek(t)
  for (const text of [
    '😀😀👨‍👩‍👧',
    'صباح الخير من قسم الطوارئ',
    '護士的一天',
    'Line one\r\n\r\nline three & <b>',
  ]) {
    const id = randomUUID()
    const answer = await joseph.post(NEW, '/drafts', { id, week: WEEK, ...words(text), do: 'submit' })
    t.equal(answer.statusCode, 303, text)
    t.equal((await findDraft(db.read, id))!.content.parts[0]!.text, text.replaceAll('\r\n', '\n'))
    t.match((await joseph.get(`/drafts/${id}`)).body, /class="said" dir="auto"/)
  }
})

t.test('over-long text may be kept for later, with a word about it', async (t) => {
  const { joseph } = await midweek(t)
  const id = randomUUID()
  await joseph.post(NEW, '/drafts', { id, week: WEEK, ...words('z'.repeat(300)), do: 'save' })
  const page = await joseph.get(`/drafts/${id}`)
  t.match(page.body, 'Saved. Before you submit it: The text is 24 too long')
  t.match(page.body, 'data-level="stop"')
  const refused = await joseph.post(`/drafts/${id}`, `/drafts/${id}/submission`, { version: '1' })
  t.equal(refused.statusCode, 422, 'without the words, as a list would send it')
  t.match(refused.body, 'The text is 24 too long')
})

t.test('parts are added, moved and removed by buttons that save nothing', async (t) => {
  const { joseph, db } = await midweek(t)
  const id = randomUUID()
  const press = async (fields: Record<string, string>) =>
    (await joseph.post(NEW, '/drafts', { id, week: WEEK, when: 'soon', ...fields })).body
  const one = await press({ 'part-1-text': 'First', do: 'add-part' })
  t.match(one, /Part two.*id="part-2-text"[^>]*autofocus/s)
  const two = { 'part-1-text': 'First', 'part-2-text': 'Second', 'part-2-alt': 'kept' }
  t.match(
    await press({ ...two, do: 'up-2' }),
    /id="part-1-text"[^>]*>\s*Second<.*id="part-2-text"[^>]*>\s*First</s,
  )
  t.match(await press({ ...two, do: 'down-1' }), /id="part-1-text"[^>]*>\s*Second</)
  const removed = await press({ ...two, do: 'remove-1' })
  t.match(removed, /id="part-1-text"[^>]*>\s*Second</)
  t.notMatch(removed, 'part-2-text')
  t.match(await press({ ...two, do: 'remove-9' }), 'part-2-text', 'a part that is not there')
  t.match(await press({ 'part-1-text': 'Only', do: 'remove-1' }), /id="part-1-text"[^>]*>\s*Only</)
  t.equal(await findDraft(db.read, id), undefined)

  await press({ 'part-1-text': 'First', do: 'save' })
  const moved = await joseph.post(`/drafts/${id}`, `/drafts/${id}`, { version: '1', ...two, do: 'up-2' })
  t.equal(moved.statusCode, 200)
  t.equal((await findDraft(db.read, id))!.revision, 1)
})

t.test('images: kept, described, moved, removed', async (t) => {
  const { joseph, db, visitor } = await midweek(t)
  const id = randomUUID()
  const bytes = await picture()
  const fields = {
    id,
    week: WEEK,
    'part-1-text': '',
    'part-1-alt': '',
    when: 'time',
    day: '2026-11-18',
    time: '9:00',
  }
  const refused = await joseph.upload(NEW, '/drafts', fields, { 'part-1-image': { name: 'bed.jpg', bytes } })
  t.equal(refused.statusCode, 422)
  const hash = /name="part-1-hash" value="([0-9a-f]{64})"/.exec(refused.body)?.[1] ?? ''
  t.ok(hash, 'the image needs not be chosen again')

  const again = { ...fields, when: 'soon', day: '', time: '', 'part-1-hash': hash, do: 'submit' }
  const undescribed = await joseph.post(NEW, '/drafts', again)
  t.equal(undescribed.statusCode, 422)
  t.match(undescribed.body, 'Describe the image for people who can’t see it.')
  const long = await joseph.post(`/drafts/${id}`, `/drafts/${id}/submission`, {
    ...again,
    version: '1',
    'part-1-alt': 'a'.repeat(1001),
  })
  t.match(long.body, 'The description has 1,001 characters; X takes 1,000.')
  t.match(long.body, 'a'.repeat(1001))

  const shown = await joseph.get(`/images/${hash}`)
  t.equal(shown.headers['content-type'], 'image/jpeg')
  t.match(shown.headers['cache-control'], /private.*immutable/)
  t.equal(shown.headers['x-content-type-options'], 'nosniff')
  t.equal((await sharp(shown.rawPayload).metadata()).width, 40)
  t.equal((await (await visitor()).get(`/images/${hash}`)).statusCode, 303, 'not for strangers')
  t.equal((await joseph.get(`/images/${'0'.repeat(64)}`)).statusCode, 404)
  t.equal((await joseph.get('/images/..%2fweek.db')).statusCode, 404)

  const version = () => findDraft(db.read, id).then((draft) => String(draft!.version))
  const other = await sharp(bytes).rotate(90).jpeg().toBuffer()
  const path = `/drafts/${id}`
  const one = { ...again, 'part-1-alt': 'A bed', 'part-1-alt-2': 'The same bed, standing' }
  const added = await joseph.upload(
    path,
    path,
    { ...one, do: 'save', version: await version() },
    { 'part-1-image': { name: 'other.jpg', bytes: other } },
  )
  t.equal(added.statusCode, 303)
  const kept = (await findDraft(db.read, id))!.content.parts[0]!.images
  t.match(kept, [
    { hash, alt: 'A bed' },
    { hash: /^[0-9a-f]{64}$/, alt: 'The same bed, standing' },
  ])
  const two = { ...one, 'part-1-hash-2': kept[1]!.hash }
  const press = async (button: string) =>
    (await joseph.post(path, path, { ...two, version: await version(), do: button })).body
  t.match(
    await press('image-earlier-1-2'),
    new RegExp(`name="part-1-hash" value="${kept[1]!.hash}".*name="part-1-hash-2" value="${hash}"`, 's'),
  )
  t.match(
    await press('image-later-1-2'),
    new RegExp(`name="part-1-hash" value="${hash}"`),
    'none comes after it',
  )
  const removed = await press('remove-image-1-1')
  t.match(removed, `name="part-1-hash" value="${kept[1]!.hash}"`)
  t.notMatch(removed, `value="${hash}"`)
  await joseph.post(path, path, { ...two, version: await version(), do: 'save' })

  const full = await joseph.upload(
    path,
    path,
    {
      ...two,
      'part-1-hash-3': 'c'.repeat(64),
      'part-1-hash-4': 'd'.repeat(64),
      version: '1',
      do: 'attach-1',
    },
    { 'part-1-image': { name: 'fifth.jpg', bytes: await sharp(bytes).flop().negate().jpeg().toBuffer() } },
  )
  t.equal(full.statusCode, 422)
  t.match(full.body, 'X takes 4 images in a post.')

  const wrong = await joseph.upload(
    NEW,
    '/drafts',
    { ...fields, id: randomUUID(), when: 'soon', day: '', time: '', 'part-1-text': 'Look!' },
    { 'part-1-image': { name: 'holiday.jpg', bytes: Buffer.from('Dear diary') } },
  )
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, 'not a picture that we can read')
  t.match(wrong.body, 'Look!')
})

t.test('a GIF stands still until somebody starts it', async (t) => {
  const { joseph, owen } = await midweek(t)
  const id = randomUUID()
  const frames = [
    await picture(),
    await sharp(await picture())
      .negate()
      .toBuffer(),
  ]
  const gif = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer()
  const fields = { id, week: WEEK, ...words('The tour.', { 'part-1-alt': 'Two doors' }), do: 'save' }
  const file = { 'part-1-image': { name: 'tour.gif', bytes: gif } }
  t.equal((await joseph.upload(NEW, '/drafts', fields, file)).statusCode, 303)
  const editor = (await joseph.get(`/drafts/${id}`)).body
  const hash = /name="part-1-hash" value="([0-9a-f]{64})"/.exec(editor)?.[1] ?? ''
  const pagesOf = async (path: string) =>
    (await sharp((await joseph.get(path)).rawPayload, { animated: true }).metadata()).pages ?? 1
  t.equal(await pagesOf(`/images/${hash}`), 1)
  t.equal(await pagesOf(`/images/${hash}/moving`), 2)
  await joseph.post(`/drafts/${id}`, `/drafts/${id}/submission`, { version: '1' })
  const pages = { editor, reading: await joseph.get(`/drafts/${id}`), queue: await owen.get('/queue') }
  for (const [page, answer] of Object.entries(pages)) {
    const body = typeof answer === 'string' ? answer : answer.body
    t.match(body, `<img src="/images/${hash}"`, page)
    t.match(
      body,
      `<span>Play the GIF</span><span>Stop the GIF</span></summary><img src="/images/${hash}/moving"`,
      page,
    )
  }
})

t.test('two people write at once: both versions side by side, nothing lost', async (t) => {
  const { joseph, helen, db } = await midweek(t)
  const id = randomUUID()
  await joseph.post(NEW, '/drafts', { id, week: WEEK, ...words('A name, a ward and a number.') })
  const path = `/drafts/${id}`
  t.equal((await helen.post(path, path, { version: '1', ...words('A name and a ward.') })).statusCode, 303)

  const conflict = await joseph.post(path, path, {
    version: '1',
    ...words('A name, a bed and a ward. Then the next one.'),
  })
  t.equal(conflict.statusCode, 409)
  t.match(conflict.body, 'Helen was faster')
  t.match(conflict.body, /<mark>[^<]*Then the next one\.<\/mark>/)
  t.equal((await findDraft(db.read, id))!.content.parts[0]!.text, 'A name and a ward.')

  const typed = {
    'mine-1-text': 'A name, a bed and a ward. Then the next one.',
    'mine-1-hash': '',
    'mine-1-alt': '',
  }
  const copyId = randomUUID()
  const copied = await joseph.post(path, path, {
    version: '2',
    'copy-id': copyId,
    ...typed,
    when: 'soon',
    do: 'copy',
  })
  t.equal(copied.headers.location, `/drafts/${copyId}`)
  const chosen = [
    ['mine', typed['mine-1-text']],
    ['theirs', 'A name, a bed and a ward. Then the next one.'],
    ['afresh', 'Written afresh.'],
  ] as const
  let version = 2
  for (const [take, expected] of chosen) {
    const merged = await joseph.post(path, path, {
      version: String(version),
      ...typed,
      'part-1-text': take === 'afresh' ? 'Written afresh.' : typed['mine-1-text'],
      'take-1': take,
      when: 'soon',
      do: 'merge',
    })
    t.equal(merged.statusCode, 303, take)
    const draft = (await findDraft(db.read, id))!
    t.equal(draft.content.parts[0]!.text, expected, take)
    version = draft.version
  }

  await joseph.post(path, `${path}/submission`, { version: String(version) })
  const late = await helen.post(path, path, { version: String(version), ...words('Too late') })
  t.equal(late.statusCode, 409)
  t.match(late.body, 'Too late')
  t.match(late.body, 'keep it as a draft of its own')
})

t.test('what is written afresh is never dropped for another choice', async (t) => {
  const { joseph, helen, db } = await midweek(t)
  const id = randomUUID()
  const path = `/drafts/${id}`
  await joseph.post(NEW, '/drafts', { id, week: WEEK, ...words('A ward.') })
  await helen.post(path, path, { version: '1', ...words('A name and a ward.') })
  const sent = {
    version: '2',
    'copy-id': randomUUID(),
    'mine-1-text': 'A bed.',
    'mine-1-hash': '',
    'mine-1-alt': '',
    'part-1-text': 'A bed,\r\nmade afresh.',
    'take-1': 'mine',
    when: 'soon',
  }
  for (const button of ['merge', 'copy']) {
    const asked = await joseph.post(path, path, { ...sent, do: button })
    t.equal(asked.statusCode, 409, button)
    t.match(asked.body, 'Which shall it be?')
    t.match(asked.body, /<textarea[^>]*>\nA bed,\nmade afresh\.<\/textarea>/, 'it is there')
    t.match(asked.body, 'value="afresh" checked')
    t.match(asked.body, 'name="mine-1-text" value="A bed."', 'and so is what was typed first')
  }
  t.equal((await findDraft(db.read, id))!.version, 2, 'nothing was saved')

  const copied = await joseph.post(path, path, { ...sent, 'take-1': 'afresh', do: 'copy' })
  t.equal(copied.statusCode, 303)
  t.equal((await findDraft(db.read, sent['copy-id']))!.content.parts[0]!.text, 'A bed,\nmade afresh.')
  const meant = { ...sent, 'asked-1-text': sent['part-1-text'], do: 'merge' }
  t.equal((await joseph.post(path, path, meant)).statusCode, 303, 'asked once')
  t.equal((await findDraft(db.read, id))!.content.parts[0]!.text, 'A bed.')
})

t.test('a page that was gone back to does not lose what is typed on it', async (t) => {
  const { joseph } = await midweek(t)
  const id = randomUUID()
  await joseph.post(NEW, '/drafts', { id, week: WEEK, ...words('First words') })
  const back = await joseph.post(NEW, '/drafts', { id, week: WEEK, ...words('Second thoughts') })
  t.equal(back.statusCode, 409)
  t.match(back.body, 'You were here already')
  t.match(back.body, 'Second thoughts')

  await joseph.post(`/drafts/${id}`, `/drafts/${id}`, { version: '1', ...words('Later words') })
  const again = (more: object) => joseph.post(NEW, '/drafts', { id, week: WEEK, ...more })
  t.equal((await again(words('First words'))).statusCode, 303, 'the same form twice')
  const third = await again(words('Third thoughts'))
  t.equal(third.statusCode, 409)
  t.match(third.body, 'Third thoughts')
})

t.test('a time that was chosen on a page gone back to is not lost either', async (t) => {
  const { joseph } = await midweek(t)
  const form = { id: randomUUID(), week: WEEK, ...words('First words') }
  await joseph.post(NEW, '/drafts', form)
  const timed = await joseph.post(NEW, '/drafts', {
    ...form,
    when: 'time',
    day: '2026-11-19',
    time: '12:30',
  })
  t.equal(timed.statusCode, 409)
  t.match(timed.body, 'value="12:30"')
})

t.test('a session that ended while somebody wrote', async (t) => {
  const { visitor } = await midweek(t)
  const stranger = await visitor()
  const form = {
    id: randomUUID(),
    week: WEEK,
    version: '3',
    'part-1-text': 'What a bed weighs.',
    'part-1-hash': 'a'.repeat(64),
    'part-1-alt': 'A bed',
    'part-1-alt-2': 'A lift',
    'part-1-poll-1': 'Stairs',
    'part-1-poll-length': '1',
    'part-1-poll-unit': 'days',
    when: 'time',
    day: '2026-11-19',
    time: '12:30',
    do: 'save',
  }
  const sentFrom = async (referer?: string) => {
    const { statusCode, body } = await stranger.request({
      method: 'POST',
      url: '/drafts',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
        ...(referer && { referer }),
      },
      payload: new URLSearchParams(form).toString(),
    })
    t.equal(statusCode, 401)
    return body
  }
  const body = await sentFrom(`http://127.0.0.1:3000${NEW}&day=2026-11-20`)
  const shown = [...body.matchAll(/<label for="typed-\d+">([^<]*)</g)].map(([, label]) => label)
  t.same(
    shown,
    ['Text', 'Description of the image', 'Description of image 2', 'Poll option 1'],
    'what a person typed, and no more',
  )
  t.match(body, 'this browser has kept the text as well')
  t.match(body, 'A picture has to be chosen again.')
  const next = (html: string) =>
    decodeURIComponent(/href="\/sign-in\?next(?:=|&#x3D;)([^"]*)"/.exec(html)?.[1] ?? '')
  t.equal(next(body), `${NEW}&day=2026-11-20`)
  const rebuilt = `${NEW}&day=2026-11-19&time=12%3A30`
  t.equal(next(await sentFrom('http://127.0.0.1:3000/drafts')), rebuilt, 'the form had come back once')
  t.equal(next(await sentFrom()), rebuilt)
})

t.test('addresses that only take forms lead on when they are opened', async (t) => {
  const { joseph } = await midweek(t)
  const leads = {
    '/drafts': '/today',
    '/drafts/d1/submission': '/drafts/d1',
    '/drafts/d1/change-request': '/queue?draft=d1',
  }
  for (const [path, to] of Object.entries(leads)) {
    const { statusCode, headers } = await joseph.get(path)
    t.equal(statusCode, 303, path)
    t.equal(headers.location, to)
  }
  t.equal((await joseph.get('/drafts/d1/elsewhere')).statusCode, 404)
})

t.test('who may see and who may write', async (t) => {
  const { joseph, helen, owen, visitor, db } = await midweek(t)
  const id = randomUUID()
  await joseph.post(NEW, '/drafts', { id, week: WEEK, ...words('Mine') })
  const stranger = { id: 'sam', name: 'Sam Field', email: 'sam@elsewhere.example' }
  await db.write(async (tx) => {
    await insertPerson(tx, { ...stranger, createdAt: new Date() })
  })
  const sam = await visitor(stranger.email)
  for (const path of [`/drafts/${id}`, NEW]) t.equal((await sam.get(path)).statusCode, 404, path)
  t.equal((await sam.get('/drafts/new')).statusCode, 403)
  t.equal((await owen.get(`/drafts/${id}`)).statusCode, 200, 'an approver reads')
  t.match(
    (await owen.post(`/drafts/${id}`, `/drafts/${id}`, { version: '1', ...words('No') })).statusCode,
    403,
  )
  t.equal((await owen.get(NEW)).statusCode, 403)
  t.equal((await owen.get('/drafts/new')).statusCode, 403)
  const change = await helen.post(`/drafts/${id}`, `/drafts/${id}`, { version: '1', ...words('By Helen') })
  t.equal(change.statusCode, 303, 'a lead changes a host’s draft')
  t.same(
    (await revisionsOf(db, id)).map(({ authorId }) => authorId),
    [LEAD.id, JOSEPH.id],
  )

  const desk = randomUUID()
  await helen.post(NEW, '/drafts', { id: desk, week: WEEK, ...words('The account’s own') })
  t.match(
    (await joseph.get(`/drafts/${desk}`)).body,
    'Somebody else wrote this one',
    'a host reads the desk’s',
  )
  t.equal(
    (await joseph.post(`/drafts/${desk}`, `/drafts/${desk}`, { version: '1', ...words('x') })).statusCode,
    403,
  )
})

t.test('a host whose week is over reads', async (t) => {
  const { joseph, clock } = await midweek(t)
  const id = randomUUID()
  await joseph.post(NEW, '/drafts', { id, week: WEEK, ...words('Mine') })
  clock.moveTo(new Date('2026-11-20T18:00:00Z'))
  t.match((await joseph.get(`/drafts/${id}`)).body, 'Your week is over')
  t.equal((await joseph.post(`/drafts/${id}`, `/drafts/${id}/submission`, { version: '1' })).statusCode, 403)
  t.equal((await joseph.get(NEW)).statusCode, 403)

  // Words that were begun in time and sent too late are given back.
  const typed = words('The last bed of\nthe <week>.')
  const late = await joseph.post(`/drafts/${id}`, `/drafts/${id}`, { version: '1', ...typed })
  t.equal(late.statusCode, 403)
  t.match(late.body, 'What you typed')
  t.match(late.body, 'The last bed of\nthe &lt;week&gt;.</textarea>')
  const begun = await joseph.post(`/drafts/${id}`, '/drafts', { id: randomUUID(), week: WEEK, ...typed })
  t.equal(begun.statusCode, 403)
  t.match(begun.body, 'The last bed of')
  t.notMatch(begun.body, '>soon</textarea>', 'but not what nobody types')
})

t.test('a lead writes in any slot, at any of its times', async (t) => {
  const { helen, joseph, db } = await midweek(t)
  const id = randomUUID()
  const gap = { account: ACCOUNT, slot: '2026-11-23' }
  t.equal((await helen.get('/drafts/new?slot=2026-11-23')).statusCode, 200)
  t.equal((await helen.get('/drafts/new?slot=2026-11-24')).statusCode, 404, 'not the first day of a slot')
  t.equal((await helen.get('/drafts/new?slot=soon')).statusCode, 404)
  const sunday = words('Tomorrow Mei is here.', {
    when: 'time',
    day: '2026-11-29',
    time: '19:00',
    'sign-off': '^HM',
  })
  t.equal((await helen.post('/drafts/new', '/drafts', { id, ...gap, ...sunday })).statusCode, 303)
  t.match(await findDraft(db.read, id), {
    weekId: null,
    slot: '2026-11-23',
    signOff: '^HM',
    weekHostId: null,
  })
  const monday = { ...sunday, day: '2026-11-30' }
  t.equal(
    (await helen.post('/drafts/new', '/drafts', { id: randomUUID(), ...gap, ...monday })).statusCode,
    422,
  )
  const bad = { ...sunday, 'sign-off': 'two words' }
  t.match((await helen.post('/drafts/new', '/drafts', { id: randomUUID(), ...gap, ...bad })).body, 'one word')

  const hosted = randomUUID()
  await joseph.post(NEW, '/drafts', { id: hosted, week: WEEK, ...words('Good night.') })
  const saturday = {
    version: '1',
    ...words('Good night.', { when: 'time', day: '2026-11-21', time: '10:00' }),
  }
  t.equal((await helen.post(`/drafts/${hosted}`, `/drafts/${hosted}`, saturday)).statusCode, 422)
  const taken = await helen.post(`/drafts/${hosted}`, `/drafts/${hosted}`, {
    ...saturday,
    'take-over': 'yes',
  })
  t.equal(taken.statusCode, 303, 'taken over it may')
  t.match(await findDraft(db.read, hosted), { weekHostId: null, signOff: '^JA' })
})

t.test('what becomes of a draft is said on its page', async (t) => {
  const { joseph, helen, db, clock } = await midweek(t)
  const now = clock.now()
  const { draftId, deliveries: parts } = await approved(db, {
    parts: ['The first part.', 'The second part.'],
    dueAt: new Date('2026-11-18T10:00:00Z'),
    now,
    weekId: WEEK,
  })
  const seen = async () => (await helen.get(`/drafts/${draftId}`)).body
  t.match(await seen(), 'It goes out word for word as it stands here.')
  t.match(await seen(), 'As it will be posted')
  const become = (id: string, state: 'posted' | 'held') =>
    db.write((tx) =>
      tx
        .update(deliveries)
        .set({ state, ...(state === 'posted' && { postedAt: new Date('2026-11-18T10:01:00Z') }) })
        .where(eq(deliveries.id, id)),
    )
  await become(parts[0]!.id, 'posted')
  await become(parts[1]!.id, 'held')
  t.match(await seen(), 'Part one stands and part two is held.')
  await become(parts[1]!.id, 'posted')
  const posted = await seen()
  t.match(posted, '<h1>Posted today 10:01</h1>')
  t.match(posted, 'As it was sent')
  t.notMatch(posted, 'It goes out')

  const far = await aSubmittedDraft(db, { wishedAt: '2026-12-14T09:30:00Z' })
  const ahead = (await joseph.get(`/drafts/${far}`)).body
  t.match(ahead, '<h1>For Monday 14 December, 9:30</h1>')
  t.match(ahead, 'It can’t be changed while somebody decides it.')
  const late = await aSubmittedDraft(db, { text: 'In time?', wishedAt: '2026-11-18T09:30:00Z' })
  t.match(
    (await joseph.get(`/drafts/${late}`)).body,
    'Nobody decided it by its time, so it has not gone out',
    'its writer reads that it did not go out',
  )
})

t.test('as soon as it is approved is not before the week opens, and its writer knows', async (t) => {
  const soonest = /As soon as it is approved: that is Monday 16 November, 9:00, at the earliest/
  const { joseph, helen } = await midweek(t, '2026-11-12T10:42:00Z')
  t.match((await joseph.get(NEW)).body, soonest)
  t.notMatch((await helen.get(NEW)).body, soonest, 'the account’s own need not wait for it')
  const running = await midweek(t)
  t.notMatch((await running.joseph.get(NEW)).body, soonest)
  const both = await joseph.post(NEW, '/drafts', {
    id: randomUUID(),
    week: WEEK,
    ...words('When?', { day: '2026-11-18' }),
  })
  t.match(both.body, 'Choose one: “As soon as it is approved”, with day and time empty, or “At this time”.')
})

t.test('a declined draft is read as what it was, and written anew', async (t) => {
  const { joseph, helen, owen, db, clock } = await midweek(t)
  const id = await aSubmittedDraft(db, { text: 'What a bed weighs.', state: 'declined', wishedAt: null })
  clock.moveTo(new Date('2026-11-18T11:30:00Z'))
  const { body } = await joseph.get(`/drafts/${id}`)
  t.match(body, '<h1>A declined draft</h1>')
  t.match(body, 'What was written')
  t.notMatch(body, 'As it will be posted')
  t.match(body, 'Written by Joseph Adeyemi, today 10:33.', 'the words, not what was decided of them')
  t.match(body, 'Write it anew from this')
  const anew = await joseph.get(`/drafts/new?from=${id}`)
  t.match(anew.body, 'What a bed weighs.</textarea>')
  t.match(anew.body, `name="week" value="${WEEK}"`)
  t.notMatch((await owen.get(`/drafts/${id}`)).body, 'Write it anew', 'who only decides does not write')
  t.equal((await owen.get(`/drafts/new?from=${id}`)).statusCode, 403)
  t.equal((await helen.get('/drafts/new?from=unknown')).statusCode, 404)
})

t.test('a discarded draft comes back', async (t) => {
  const { joseph, db } = await midweek(t)
  const id = randomUUID()
  await joseph.post(NEW, '/drafts', { id, week: WEEK, ...words('Away') })
  t.equal((await joseph.post(`/drafts/${id}`, `/drafts/${id}/discarding`, { version: '1' })).statusCode, 303)
  t.equal((await findDraft(db.read, id))!.state, 'discarded')
  t.equal(
    (await joseph.post(`/drafts/${id}`, `/drafts/${id}`, { version: '2', ...words('x') })).statusCode,
    409,
  )
  t.equal((await joseph.post(`/drafts/${id}`, `/drafts/${id}/restoration`)).statusCode, 303)
  t.equal((await findDraft(db.read, id))!.state, 'writing')
})

t.test('the conversation beside a draft', async (t) => {
  const { joseph, helen, db } = await midweek(t)
  const id = randomUUID()
  await joseph.post(NEW, '/drafts', { id, week: WEEK, ...words('What a bed weighs.'), do: 'submit' })
  const path = `/drafts/${id}`
  const said = { id: randomUUID(), text: 'Is the number right?' }
  for (const times of [1, 2])
    t.equal((await helen.post(path, `${path}/comments`, said)).statusCode, 303, `sent ${times}`)
  const empty = await joseph.post(path, `${path}/comments`, { id: randomUUID(), text: ' ' })
  t.equal(empty.statusCode, 422)
  await joseph.post(path, `${path}/comments`, { id: randomUUID(), text: 'Two hundred kilos, I asked.' })
  const page = (await joseph.get(path)).body
  t.match(page, /Is the number right\?.*Helen Marsh said.*Two hundred kilos/s)
  t.equal(page.split('Is the number right?').length, 2, 'said once')
  const mails = (await latestMails(db.read, 20)).filter(({ kind }) => kind === 'draft-answered')
  t.same(mails.map(({ to }) => to).toSorted(), [LEAD.email, JOSEPH.email], 'only those who take part')
})

t.test('the change of the clocks, in an account whose week has seven days', async (t) => {
  for (const [slot, day, second] of [
    ['2026-03-23', '2026-03-29', null],
    ['2026-10-19', '2026-10-25', '2026-10-25T01:30:00.000Z'],
  ] as const) {
    const { db, visitor } = await testApp(t, { at: `${slot}T10:00:00Z` })
    const days = [1, 2, 3, 4, 5, 6, 7]
    await anAccount(db, {
      now: new Date('2026-01-01T09:00:00Z'),
      shape: { days, opens: '09:00', closes: '18:00' },
    })
    const helen = await visitor(LEAD.email)
    const send = (more: Record<string, string>) =>
      helen.post('/drafts/new', '/drafts', {
        id: randomUUID(),
        account: ACCOUNT,
        slot,
        ...words('Night shift', { when: 'time', day, time: '01:30', ...more }),
      })
    const answer = await send({})
    t.equal(answer.statusCode, 422)
    t.match(answer.body, 'Night shift')
    if (second === null) {
      t.match(answer.body, 'There is no 1:30 on Sunday 29 March: the clocks go forward over it.')
      continue
    }
    t.match(answer.body, '1:30 comes twice on Sunday 25 October')
    t.match(answer.body, 'The second time, after that')
    const chosen = await send({ which: 'second' })
    t.equal(chosen.statusCode, 303)
    const path = String(chosen.headers.location)
    t.equal((await findDraft(db.read, path.slice('/drafts/'.length)))!.wishedAt!.toISOString(), second)
    t.match((await helen.get(path)).body, /value="second"[^>]* checked/)
  }
})

t.test('an answer stands beside what it answers', async (t) => {
  const { joseph, db } = await midweek(t)
  t.equal((await joseph.get(`${NEW}&reply=42`)).statusCode, 404, 'a post that nobody knows')
  const at = new Date('2026-11-18T10:00:00Z')
  await db.write(async (tx) => {
    await tx.insert(posts).values({
      id: 'p',
      accountId: ACCOUNT,
      weekId: WEEK,
      networkId: '42',
      kind: 'reply',
      authorNetworkId: '7',
      authorHandle: 'bedsandbobs',
      authorName: 'Margaret Dunn',
      text: 'How far do you walk in a day?',
      links: [],
      images: [],
      createdAt: at,
      numbers: { replies: 0, reposts: 0, likes: 0, quotes: 0, impressions: 0 },
      seenAt: at,
    })
  })
  const page = (await joseph.get(`${NEW}&reply=42`)).body
  t.match(page, /How far do you walk in a day\?.*An answer|An answer to Margaret Dunn.*How far do you walk/s)
  t.match(page, 'Answers @bedsandbobs')
  const id = randomUUID()
  const sent = { id, week: WEEK, reply: '42', ...words('Nine miles.') }
  t.match(
    (await joseph.post(NEW, '/drafts', { ...sent, do: 'add-part' })).body,
    'Margaret Dunn',
    'kept over a button',
  )
  t.equal((await joseph.post(NEW, '/drafts', { ...sent, do: 'submit' })).statusCode, 303)
  const answering = { handle: 'bedsandbobs', name: 'Margaret Dunn', text: 'How far do you walk in a day?' }
  t.match(await findDraft(db.read, id), { replyTo: '42', answering })
  t.match((await joseph.get(`/drafts/${id}`)).body, 'How far do you walk in a day?')
})

t.test('two drafts alike, or at the same time, are pointed out', async (t) => {
  const { joseph } = await midweek(t)
  const time = { when: 'time', day: '2026-11-18', time: '12:30' }
  const other = randomUUID()
  const own = randomUUID()
  await joseph.post(NEW, '/drafts', { id: other, week: WEEK, ...words('What a bed weighs.', time) })
  const begun = await joseph.post(NEW, '/drafts', {
    id: own,
    week: WEEK,
    ...words('What a bed weighs. ^JA', time),
  })
  const page = (await joseph.get(String(begun.headers.location))).body
  t.match(page, 'Another draft begins with the same words.')
  t.match(page, 'Something else wishes to go out then.')
  t.match(page, `href="/drafts/${other}"`)
})
