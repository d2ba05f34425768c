import { createHash } from 'node:crypto'
import fc from 'fast-check'
import sharp from 'sharp'
import t from 'tap'
import { draftsOfWeek } from '../../src/drafts/store.ts'
import { cashtagsIn, POST_LIMIT, textsAsPosted, weightOf } from '../../src/drafts/weight.ts'
import { anyText } from '../support/any-text.ts'
import { testApp } from '../support/app.ts'
import { openBrowser, serve, signInPage } from '../support/browser.ts'
import { standInWorld } from '../support/stand-in-world.ts'
import { LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const browser = await openBrowser(t)

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

async function aPicture(background: string) {
  const bytes = await sharp({ create: { width: 60, height: 40, channels: 3, background } })
    .png()
    .toBuffer()
  return { name: `${background}.png`, mimeType: 'image/png', buffer: bytes }
}

async function aGif() {
  const frames = await Promise.all(['#0b6e69', '#c98a1b'].map((colour) => aPicture(colour)))
  const bytes = await sharp(
    frames.map(({ buffer }) => buffer),
    { join: { animated: true } },
  )
    .gif()
    .toBuffer()
  return { name: 'tour.gif', mimeType: 'image/gif', buffer: bytes }
}

t.test('from an empty page to X: parts, images and descriptions are those that were approved', async (t) => {
  const world = await standInWorld(t)
  const { db, clock, deps, x, publisher, after } = world
  await world.consent()
  const mediaOf = async (mediaKey: string) => (await x.media(mediaKey)).bytes
  await josephsWeek(db)
  const { network, vault, images } = deps
  const app = { ...(await testApp(t, { deps: { db, clock, network, vault, images } })), db, clock }
  const origin = await serve(app)
  app.deps.settings.publicUrl = () => origin

  const host = await browser.newPage(t, origin)
  await signInPage(host, app, JOSEPH.email)
  await host.goto(`/drafts/new?week=${WEEK}`)
  await host.locator('#part-1-text').fill('Four doors before noon, see northdale.org')
  await host.locator('[data-part="1"]').getByText('Add images').click()
  const alts = ['A blue door', 'A red door', 'A green door', 'A door that was white once']
  const colours = ['#1d4e89', '#a63d2f', '#3f7d4e', '#e8e2d0']
  await host.locator('#part-1-image').setInputFiles(await Promise.all(colours.map(aPicture)))
  for (const [at, alt] of alts.entries())
    await host.locator(`#part-1-alt${at === 0 ? '' : `-${at + 1}`}`).fill(alt)
  await host.getByRole('button', { name: 'Move image 4 to an earlier place' }).click()
  await host.waitForFunction(
    () => document.querySelector<HTMLTextAreaElement>('#part-1-alt-4')?.value === 'A green door',
  )
  await host.getByRole('button', { name: 'Add a part' }).click()
  await host.locator('#part-2-text').fill('And this is the tour.')
  await host.locator('[data-part="2"]').getByText('Add images').click()
  await host.locator('#part-2-image').setInputFiles(await aGif())
  await host.locator('#part-2-alt').fill('The doors open one after the other')
  await host.getByText('All images have descriptions.').waitFor()
  await host.getByRole('button', { name: 'Submit for approval' }).click()
  await host.getByText('Waits for approval').waitFor()
  const [draft] = await draftsOfWeek(db.read, WEEK)

  const lead = await browser.newPage(t, origin)
  await signInPage(lead, app, LEAD.email)
  await lead.goto(`/queue?draft=${draft!.id}`)
  const seen = await lead
    .locator('.as-posted .pictures :is(.pictures > img, .moving > img)')
    .evaluateAll((all) => all.map((image) => (image as HTMLImageElement).src.split('/').at(-1)!))
  const [still, moving] = [lead.locator('.moving > img'), lead.locator('.moving details > img')]
  const moves = async (itMoves: boolean) => {
    await (itMoves ? moving : still).waitFor()
    await (itMoves ? still : moving).waitFor({ state: 'hidden' })
  }
  await moves(false) // not by itself
  await lead.getByText('Play the GIF').click()
  await moves(true)
  const source = (await moving.getAttribute('src'))!
  const played = await (await lead.request.get(source)).body()
  t.equal((await sharp(played, { animated: true }).metadata()).pages, 2, 'it is the one that moves')
  await lead.getByText('Stop the GIF').click()
  await moves(false)
  await lead.getByRole('button', { name: /^Approve/ }).click()
  // What happened also stands behind the page, in the line that is read out.
  await lead
    .getByRole('main')
    .getByText(/Approved\. It goes out/)
    .waitFor()

  await publisher.run()
  await after(0.1)
  const all = await x.allPosts()
  const first = all.find(({ replyTo }) => replyTo === null)!
  const second = all.find(({ replyTo }) => replyTo === first.id)!
  t.equal(first.text, 'Four doors before noon, see northdale.org')
  t.equal(second.text, 'And this is the tour. ^JA')
  const standing = [...first.images, ...second.images]
  t.same(
    standing.map(({ alt }) => alt),
    [
      'A blue door',
      'A red door',
      'A door that was white once',
      'A green door',
      'The doors open one after the other',
    ],
  )
  const hashes = await Promise.all(standing.map(async ({ mediaKey }) => sha256(await mediaOf(mediaKey))))
  t.same(
    hashes,
    draft!.content.parts.flatMap((part) => part.images.map(({ hash }) => hash)),
  )
  t.same(hashes, seen, 'the very images that the approver saw')
  t.ok((await mediaOf(second.images[0]!.mediaKey)).equals((await aGif()).buffer), 'the GIF moves as it did')
})

t.test('whatever was approved stands there byte for byte', async (t) => {
  const { x, consent, queue, publisher, state, after } = await standInWorld(t)
  await consent()
  const texts = fc
    .sample(anyText({ most: 260 }), { numRuns: 150, seed: 20261118 })
    .map((text) => textsAsPosted([{ text }], '^JA')[0]!)
    .filter((text) => text !== '^JA' && weightOf(text) <= POST_LIMIT && cashtagsIn(text) < 2)
    .slice(0, 40)
  for (const [at, text] of texts.entries()) await queue(`${at} ${text}`)
  for (let round = 0; round < 10 && /waiting/.test(await state()); round++) {
    await publisher.run()
    await after(0.2)
  }
  t.same(
    (await x.allPosts()).map(({ text }) => text).toSorted(),
    texts.map((text, at) => `${at} ${text}`).toSorted(),
  )
  t.ok(texts.length > 20)
})
