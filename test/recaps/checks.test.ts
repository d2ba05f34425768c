import t, { type Test } from 'tap'
import type { CheckRules } from '../../src/accounts/check-rules.ts'
import {
  accounts,
  activity,
  mails,
  recapBlocks,
  recaps,
  reflections,
  weekAims,
} from '../../src/db/schema/index.ts'
import { checkTexts } from '../../src/drafts/checks/check-texts.ts'
import { findAccount } from '../../src/accounts/accounts.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { PUBLIC_URL, testApp, type Visitor } from '../support/app.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'
import { at, PICTURE, RUTH, ruthsWeek, said, SAYINGS, SLOT, WEEK } from '../support/told-week.ts'

const STORY = `/weeks/${WEEK}/recap`
const LOOKING_BACK = `/weeks/${WEEK}/reflection`
const AIMS = `/weeks/${WEEK}/aims`
const NHS = '943 476 5919'
const FORM_ID = '1b671a64-40d5-491e-99b0-da01ff1f3341'

/** Ruth's week on its Friday morning, on an account whose checks bind. */
async function world(
  t: Test,
  { levels, ...policy }: { levels: CheckRules['levels']; publishRecap?: boolean },
) {
  const made = await testApp(t, { at: at('Fri 10:00').toISOString() })
  const { db, clock } = made
  await ruthsWeek(db, { policy })
  await said(db, SAYINGS)
  await db.write(
    async (tx) => void (await tx.update(accounts).set({ checkRules: { levels, secondApprover: false } })),
  )
  const close = async (when: string) => {
    clock.moveTo(at(when))
    await closeDueWeeks(db, { now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL })
  }
  await close('Fri 10:00')
  const recap = async () => (await db.read.select().from(recaps))[0]!
  const block = async (source: string) =>
    (await db.read.select().from(recapBlocks)).find((one) => one.source === source)!
  const helen = await made.visitor(LEAD.email)
  return {
    ...made,
    close,
    recap,
    block,
    helen,
    ruth: await made.visitor(RUTH.email),
    owen: await made.visitor(APPROVER.email),
    send: async (path: string, fields: Record<string, string> = {}, who = helen) =>
      who.post(STORY, `${STORY}${path}`, { version: String((await recap()).version), ...fields }),
    kinds: async () => (await db.read.select().from(activity)).map(({ kind }) => kind),
  }
}

const button = (html: string, label: string) => {
  const found = new RegExp(`name="answer" value="([^"]+)" aria-label="${label}`).exec(html)
  return found?.[1]!.replaceAll('&#x3D;', '=')
}

t.test(
  'what could name a patient is said beside a piece of the story, and keeps it from being published',
  async (t) => {
    const { send, block, close, helen, recap, kinds, app, db } = await world(t, {
      levels: { 'nhs-number': 'never', 'phone-number': 'answer' },
    })
    const road = await block('post:102')
    const write = { [`new-id.${road.id}`]: FORM_ID, [`new-heading.${road.id}`]: '' }
    const long = `${'A long night on the road. '.repeat(180)} Mrs Dunn, ${NHS}, and the ward is on 01632 960 983.`
    t.equal((await send('/words', { ...write, [`new-text.${road.id}`]: long })).statusCode, 303, 'kept')
    const note = await block(`text:${FORM_ID}`)
    const page = (await helen.get(STORY)).body
    t.match(page, `${NHS} looks like an NHS number.`)
    t.match(page, 'It has to be put right before it goes out.')
    t.match(page, '01632 960 983 looks like a phone number.')

    await close('Fri 18:00')
    const refused = await send('/publication')
    t.equal(refused.statusCode, 422)
    t.match(refused.body, `href="#text-${note.id}"`)
    t.match(refused.body, `${NHS} looks like an NHS number. Put it right first.`)
    t.match(await recap(), { state: 'draft', edition: 0 })
    t.equal(button(page, 'It is a made-up number'), undefined, 'no answer will do')

    await send('/words', { [`text.${note.id}`]: 'Mrs D., and the ward is on 01632 960 983.' })
    const phone = await send('/publication')
    t.equal(phone.statusCode, 422)
    t.match(phone.body, 'Put it right, or answer it beside the piece.')
    const answer = button(phone.body, 'It is a public number')!
    t.equal((await send('/words', { answer })).statusCode, 303)
    t.match((await helen.get(STORY)).body, '“It is a public number.”')
    t.ok((await kinds()).includes('recap.check-answered'))
    t.notMatch(
      JSON.stringify(await db.read.select().from(activity)),
      '960 983',
      'the record keeps no such words',
    )
    t.match((await helen.get('/activity')).body, 'answered a check of the story of')
    t.equal((await send('/publication')).statusCode, 303)
    t.match((await app.inject(`/@NorthDaleHealth/weeks/${SLOT}`)).body, 'Mrs D.')

    await send('/words', { answer: button((await helen.get(STORY)).body, 'Take the answer back')! })
    t.equal((await send('/publication')).statusCode, 422)
    await send(`/blocks/${note.id}/visibility`, { hidden: 'yes' })
    t.equal((await send('/publication')).statusCode, 303, 'what is hidden goes nowhere')
  },
)

t.test('what is only asked about stands beside the button, and nobody publishes it unseen', async (t) => {
  const { send, block, close, helen, recap } = await world(t, { levels: { 'nhs-number': 'advice' } })
  await close('Fri 18:00')
  const shown = async () => /name="known" value="([^"]*)"/.exec((await helen.get(STORY)).body)?.[1]
  const before = await shown()
  t.equal(before, '', 'nothing is open')
  t.match((await helen.get(STORY)).body, />Publish</)

  const monday = await block('day:2026-11-09')
  const typed = { [`heading.${monday.id}`]: `Bed 4, ${NHS}` }
  const unseen = await send('/publication', { ...typed, known: before! })
  t.equal(unseen.statusCode, 422, 'typed after the page came')
  t.match(
    unseen.body,
    `${NHS} looks like an NHS number. Nothing was published: look at it, then press again.`,
  )
  t.match(await recap(), { state: 'draft', edition: 0 })

  const page = (await helen.get(STORY)).body
  t.match(page, 'The checks ask about this:')
  t.match(page, `<a href="#heading-${monday.id}">${NHS} looks like an NHS number.</a>`)
  t.match(page, '>Publish, with 1 open question<')
  t.equal((await send('/publication', { known: (await shown())! })).statusCode, 303, 'it is advice')

  await send('/words', { answer: button(page, 'It is a made-up number')! })
  t.match((await helen.get(STORY)).body, />Publish again</)
})

t.test(
  'headings, descriptions and quotes are looked at too, and pictures are asked about once',
  async (t) => {
    const { send, block, close, helen } = await world(t, {
      levels: { 'nhs-number': 'never', 'people-in-picture': 'answer' },
    })
    await close('Fri 18:00')
    const monday = await block('day:2026-11-09')
    await send('/words', { [`heading.${monday.id}`]: `Bed 4, ${NHS}` })
    t.match((await send('/publication')).body, `href="#heading-${monday.id}"`)
    await send('/words', { [`heading.${monday.id}`]: 'Bed 4' })

    await send('/pictures', { picture: PICTURE })
    const picture = await block(`picture:${PICTURE}`)
    const asked = await send('/publication')
    t.match(asked.body, `href="#alt-${picture.id}"`)
    t.match(asked.body, 'Are there people in this picture, and did they agree?')
    await send('/words', { answer: button(asked.body, 'Nobody can be recognised')! })
    await send('/words', { [`alt.${picture.id}`]: `A wristband, ${NHS}` })
    t.match((await send('/publication')).body, `${NHS} looks like an NHS number.`)
    await send('/words', { [`alt.${picture.id}`]: 'A wristband' })
    t.equal((await send('/publication')).statusCode, 303)
    t.match((await helen.get(STORY)).body, '“Nobody can be recognised.”')
  },
)

t.test('no policy publishes what a check keeps off public pages; the leads are told', async (t) => {
  const { send, block, close, recap, db } = await world(t, {
    publishRecap: true,
    levels: { 'nhs-number': 'answer' },
  })
  const monday = await block('day:2026-11-09')
  await send('/words', { [`heading.${monday.id}`]: `Bed 4, ${NHS}` })
  await close('Fri 18:00')
  t.match(await recap(), { state: 'draft', edition: 0, publishBy: null })
  t.match(
    (await db.read.select().from(mails)).filter(({ kind }) => kind === 'recap-ready'),
    [{ to: LEAD.email, text: /A check of the account found something in it/ }],
  )
})

t.test('leads are told once that a check keeps a new edition back which was to come by itself', async (t) => {
  const { send, block, close, recap, db, clock } = await world(t, {
    publishRecap: true,
    levels: { 'nhs-number': 'answer' },
  })
  await close('Fri 18:00')
  t.match(await recap(), { state: 'published', edition: 1 })
  await said(db, [{ id: '131', when: 'Fri 18:30', text: 'And that is all.', answers: '130' }])
  clock.moveTo(at('Fri 18:30'))
  const monday = await block('day:2026-11-09')
  await send('/words', { [`heading.${monday.id}`]: `Bed 4, ${NHS}` })
  const told = async () => (await db.read.select().from(mails)).filter(({ kind }) => kind === 'recap-ready')
  for (const when of ['Fri 18:31', 'Fri 18:40']) await close(when)
  t.match(await recap(), { edition: 1, publishBy: null })
  t.match(await told(), [
    { to: LEAD.email, text: /A check of the account found something in it .* its page stays as it was/s },
  ])
  await said(db, [{ id: '132', when: 'Fri 18:45', text: 'Or not.', answers: '130' }])
  for (const when of ['Fri 18:46', 'Fri 19:30']) await close(when)
  t.equal((await told()).length, 1)
})

t.test(
  'leads are told, too, of a new edition that was kept back while nobody was at the story',
  async (t) => {
    const { send, block, close, recap, db, clock } = await world(t, {
      publishRecap: true,
      levels: { 'nhs-number': 'answer' },
    })
    await close('Fri 18:00')
    const monday = await block('day:2026-11-09')
    await send('/words', { [`heading.${monday.id}`]: `Bed 4, ${NHS}` })
    const told = async () => (await db.read.select().from(mails)).filter(({ kind }) => kind === 'recap-ready')
    for (const [index, when] of ['Fri 19:30', 'Fri 20:30', 'Sat 9:00'].entries()) {
      await said(db, [{ id: `14${index}`, when, text: `And that is all, ${when}.`, answers: '130' }])
      clock.moveTo(at(when))
      await close(when)
      t.match(await recap(), { edition: 1, publishBy: null })
      t.match(await told(), [{ to: LEAD.email, text: /its page stays as it was/ }], `once, ${when}`)
    }
  },
)

t.test('looking back is checked before it is handed in, and before it is approved', async (t) => {
  const { ruth, owen, db, block, kinds } = await world(t, {
    levels: { 'nhs-number': 'never', 'phone-number': 'answer' },
  })
  const row = async () => (await db.read.select().from(reflections))[0]
  const send = async (path: string, text: string, more: Record<string, string> = {}, who: Visitor = ruth) =>
    who.post(LOOKING_BACK, `${LOOKING_BACK}${path}`, {
      version: String((await row())?.version ?? 0),
      'answer-1-question': 'What did you hope for?',
      'answer-1-text': text,
      ...more,
    })
  const refused = await send('/submission', `To meet ${NHS} again.`)
  t.equal(refused.statusCode, 422)
  t.match(refused.body, 'href="#answer-1-text"')
  t.match(refused.body, `To meet ${NHS} again.`)
  t.equal((await send('', `To meet ${NHS} again.`)).statusCode, 303, 'it can be kept')
  t.match((await ruth.get(LOOKING_BACK)).body, 'It has to be put right before it goes out.')

  const phone = await send('/submission', 'Ring 01632 960 983.')
  t.equal(phone.statusCode, 422)
  const answer = button(phone.body, 'It is a public number')!
  t.equal((await send('', 'Ring 01632 960 983.', { answer })).statusCode, 303)
  t.ok((await kinds()).includes('reflection.check-answered'))
  t.equal((await send('/submission', 'Ring 01632 960 983.')).statusCode, 303)
  const page = (await owen.get(LOOKING_BACK)).body
  t.match(page, '“It is a public number.”', 'who decides sees it')
  t.notMatch(page, 'name="answer"')

  const rules = (levels: CheckRules['levels']) =>
    db.write(
      async (tx) => void (await tx.update(accounts).set({ checkRules: { levels, secondApprover: false } })),
    )
  const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(page)![1]!
  await rules({ 'phone-number': 'never' })
  const declined = await owen.post(LOOKING_BACK, `${LOOKING_BACK}/approval`, { fingerprint, comment: '' })
  t.equal(declined.statusCode, 422)
  t.match(declined.body, 'It can’t be approved so')
  await rules({ 'phone-number': 'answer' })
  await owen.post(LOOKING_BACK, `${LOOKING_BACK}/approval`, { fingerprint, comment: '' })
  const source = `reflection:${(await row())!.weekHostId}`
  t.match((await block(source)).content, { text: /Ring/ })
})

t.test(
  'what a host aimed for is checked with what they say, as it comes into the story with it',
  async (t) => {
    const { ruth, owen, db, block } = await world(t, {
      levels: { 'nhs-number': 'never', 'phone-number': 'answer' },
    })
    const row = async () => (await db.read.select().from(reflections))[0]
    const aimAt = async (words: string) => {
      const [before] = await db.read.select().from(weekAims)
      await ruth.post(AIMS, AIMS, {
        version: String(before?.version ?? 0),
        'aim-1-words': words,
        'aim-1-measure': 'other',
        'in-recap': 'yes',
      })
    }
    const send = async (path: string, more: Record<string, string> = {}) =>
      ruth.post(LOOKING_BACK, `${LOOKING_BACK}${path}`, {
        version: String((await row())?.version ?? 0),
        'answer-1-question': 'What did you hope for?',
        'answer-1-text': 'To be heard.',
        ...more,
      })
    await aimAt(`Find ${NHS} again`)
    const refused = await send('/submission')
    t.equal(refused.statusCode, 422)
    t.match(refused.body, `${NHS} looks like an NHS number. Put it right first.`)
    t.match(refused.body, `href="${AIMS}"`)
    await aimAt('Five calls to 01632 960 983')
    const phone = await send('/submission')
    t.equal(phone.statusCode, 422)
    t.equal((await send('', { answer: button(phone.body, 'It is a public number')! })).statusCode, 303)
    t.equal((await send('/submission')).statusCode, 303)
    const page = (await owen.get(LOOKING_BACK)).body
    t.match(page, '“It is a public number.”', 'who decides sees it')
    const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(page)![1]!
    const approved = await owen.post(LOOKING_BACK, `${LOOKING_BACK}/approval`, { fingerprint, comment: '' })
    t.equal(approved.statusCode, 303)
    const source = `reflection:${(await row())!.weekHostId}`
    t.match((await block(source)).content, { text: /Five calls/ })
  },
)

t.test('long texts are looked at to their end, also where two stretches meet', async (t) => {
  const { db } = await world(t, { levels: { 'nhs-number': 'never' } })
  const account = (await findAccount(db.read, ACCOUNT))!
  for (const before of [0, 3790, 3795, 3800, 3995, 3999, 7600, 19_000]) {
    const text = `${'x '.repeat(Math.floor(before / 2))}${NHS} and on ${'y '.repeat(300)}`
    const { findings } = await checkTexts(db.read, account, {
      scopes: [],
      texts: [{ text }],
      now: at('Fri 10:00'),
    })
    t.match(findings, [[{ kind: 'nhs-number', level: 'never', excerpt: NHS }]], `behind ${before}`)
  }
})
