import { eq } from 'drizzle-orm'
import t from 'tap'
import { weeks } from '../../src/db/schema/index.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { findRecap } from '../../src/recaps/recaps.ts'
import { withdrawRecap } from '../../src/recaps/withdraw-recap.ts'
import { testApp } from '../support/app.ts'
import { actorWith } from '../support/bookings.ts'
import { LEAD } from '../support/story.ts'
import { at, ruthsWeek, said, SAYINGS, SLOT, WEEK } from '../support/told-week.ts'

const SITE = 'http://127.0.0.1:3000'
const RECAP = `/@NorthDaleHealth/weeks/${SLOT}`
const NASTY = '<script>alert(1)</script> & "quoted"'

async function published(
  t: Parameters<typeof testApp>[0],
  { mode = 'live', theme }: { mode?: 'live' | 'sandbox'; theme?: string } = {},
) {
  const world = await testApp(t, { at: '2026-11-14T09:00:00Z', mode })
  await ruthsWeek(world.db, { policy: { publishRecap: true } })
  await said(world.db, SAYINGS)
  if (theme) await world.db.write((tx) => tx.update(weeks).set({ theme }).where(eq(weeks.id, WEEK)))
  const now = at('Fri 18:05')
  await closeDueWeeks(world.db, { now, machineNow: now, publicUrl: SITE })
  const ask = (wish: Record<string, string>) =>
    world.app.inject(`/oembed?${new URLSearchParams(wish).toString()}`)
  return { ...world, ask }
}

t.test('a blog finds out by the address of a recap how its card is shown', async (t) => {
  const { app, ask } = await published(t)
  const page = (await app.inject(RECAP)).body
  const [, href] = /<link rel="alternate" type="application\/json\+oembed" href="([^"]+)"/.exec(page)!
  const found = await app.inject(href!.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').slice(SITE.length))
  t.equal(found.statusCode, 200)
  t.match(found.headers['content-type'], 'application/json')
  const answer = found.json<Record<string, string | number>>()
  t.match(answer, {
    version: '1.0',
    type: 'rich',
    title: 'Four hundred front doors: Ruth Ellwood’s week on @NorthDaleHealth',
    author_name: 'Ruth Ellwood',
    author_url: `${SITE}/@NorthDaleHealth`,
    provider_url: `${SITE}/`,
    width: 600,
    height: 300,
    thumbnail_url: `${SITE}${RECAP}/share.png`,
  })
  t.match(answer['html'], `<iframe src="${SITE}${RECAP}/card"`)

  const narrow = (await ask({ url: `${SITE}${RECAP}?from=mail#p103`, maxwidth: '400' })).json<typeof answer>()
  t.match(narrow, { type: 'rich', width: 400 })
  t.match(narrow['html'], 'width="400" height="300"')
  t.notOk(narrow['thumbnail_url'], 'no picture that is wider than asked for')
  for (const limit of [{ maxwidth: '319' }, { maxheight: '299' }]) {
    const link = (await ask({ url: SITE + RECAP, ...limit })).json<typeof answer>()
    t.equal(link['type'], 'link', 'where a card has no room, a link')
    t.notOk('html' in link)
  }
  t.equal((await ask({ url: SITE + RECAP.toLowerCase(), format: 'json' })).statusCode, 200)
  t.equal((await ask({ url: SITE + RECAP, format: 'xml' })).statusCode, 501)
})

t.test('it answers for recaps of its own, as long as they are published', async (t) => {
  const { app, ask, db } = await published(t)
  const others = [
    '',
    'no address',
    `https://elsewhere.example${RECAP}`,
    `http://127.0.0.1:3001${RECAP}`,
    `${SITE}.elsewhere.example${RECAP}`,
    `ftp://127.0.0.1:3000${RECAP}`,
    `${SITE}/@NorthDaleHealth`,
    `${SITE}/@Somebody/weeks/${SLOT}`,
    `${SITE}/@NorthDaleHealth/weeks/2026-11-23`,
    `${SITE}/@NorthDaleHealth/weeks/2026-99-99`,
    `${SITE}${RECAP}/card`,
  ]
  for (const url of others) t.equal((await ask({ url })).statusCode, 404, url)
  t.equal((await app.inject(`/oembed?url=${SITE}${RECAP}&url=${SITE}${RECAP}`)).statusCode, 404)
  t.equal((await app.inject('/@NorthDaleHealth/weeks/2026-11-23/card')).statusCode, 404)
  t.notMatch((await app.inject('/@NorthDaleHealth/weeks/2026-11-23')).body, 'json+oembed')

  const { version } = (await findRecap(db.read, WEEK))!
  const actor = await actorWith(db, LEAD.email, at('Sat 9:00'))
  await withdrawRecap(db, { weekId: WEEK, version, actor, now: at('Sat 9:00') })
  t.equal((await ask({ url: SITE + RECAP })).statusCode, 404, 'not while it is taken back')
  t.equal((await app.inject(`${RECAP}/card`)).statusCode, 404)
})

t.test('the card stands in frames of any site, and nothing else does', async (t) => {
  const { app } = await published(t)
  for (const turn of ['made', 'kept']) {
    const card = await app.inject(`${RECAP}/card`)
    t.equal(card.statusCode, 200, turn)
    t.match(card.headers['content-security-policy'], /default-src 'none'.*frame-ancestors \*$/)
    t.notMatch(card.headers['content-security-policy'], 'script-src')
    t.notOk(card.headers['x-frame-options'])
    t.notOk(card.headers['set-cookie'])
    t.match(
      card.body,
      `<a href="${SITE}${RECAP}" target="_blank" rel="noopener">Four hundred front doors</a>`,
    )
    t.match(card.body, /The account posted \d+ times/)
    t.notMatch(card.body, /<script|<form|style="/)
    t.notMatch(card.body, 'Sandbox data')
  }
  const page = await app.inject(RECAP)
  t.match(page.headers['content-security-policy'], "frame-ancestors 'none'")
  t.equal(page.headers['x-frame-options'], 'DENY')
})

t.test('whatever a theme is, it is text, and a sandbox’s card says what it is', async (t) => {
  const { app, ask } = await published(t, { mode: 'sandbox', theme: NASTY })
  const card = (await app.inject(`${RECAP}/card`)).body
  t.notMatch(card, '<script')
  t.match(card, '&lt;script&gt;')
  t.match(card, 'Sandbox data')
  const { html } = (await ask({ url: SITE + RECAP })).json<{ html: string }>()
  t.match(html, 'title="&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;')
})

t.test('the desk has the card to copy once the recap is published', async (t) => {
  const world = await published(t)
  const { ask, db } = world
  const helen = await world.visitor(LEAD.email)
  const { html } = (await ask({ url: SITE + RECAP })).json<{ html: string }>()
  const desk = (await helen.get(`/weeks/${WEEK}/recap`)).body
  t.match(
    desk.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#x3D;', '='),
    html,
  )
  t.match(desk, 'data-copies="card-html" hidden', 'the button comes with the script that it needs')
  const { version } = (await findRecap(db.read, WEEK))!
  const actor = await actorWith(db, LEAD.email, at('Sat 9:00'))
  await withdrawRecap(db, { weekId: WEEK, version, actor, now: at('Sat 9:00') })
  t.notMatch((await helen.get(`/weeks/${WEEK}/recap`)).body, 'card-html')
})
