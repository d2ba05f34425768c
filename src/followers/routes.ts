import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { publicAccounts, type Account } from '../accounts/accounts.ts'
import { isDay } from '../calendar.ts'
import { NotFound } from '../errors.ts'
import type { Image } from '../images/images.ts'
import { readSize } from '../images/image.ts'
import { sizedImage } from '../images/sized.ts'
import { stillOf } from '../images/still.ts'
import { findRecap, listPublished, publishedRecap, publishedStory, recapCard } from '../recaps/recaps.ts'
import { asTold, isAnnounced } from '../rota/week.ts'
import { findHostedWeek, findWeekOfSlot } from '../rota/weeks.ts'
import type { PublicDeps } from '../web/deps.ts'
import { showInFrames } from '../web/headers.ts'
import { accountPage, publicRunningWeek, recapTeaser, runningTeaser } from './account-page.ts'
import { publicEntries } from '../rota/calendar/calendar-entries.ts'
import { calendarFile } from '../rota/calendar/calendar-file.ts'
import { forCalendar } from '../rota/calendar/calendar-weeks.ts'
import {
  accountFrame,
  accountsPage,
  commonFrame,
  keptBeside,
  recapsPage,
  rotaPage,
  statementPage,
  type Place,
} from './pages.ts'
import { findPublicPicture } from './pictures.ts'
import { findPublicWeek, isPublic, publicRota, weeksForCalendar } from './public-week.ts'
import { atomFeed, jsonFeed } from './recaps-feed.ts'
import { oEmbed, recapOfAddress, type OEmbedWish } from './oembed.ts'
import {
  versionOfAccountPage,
  versionOfAccounts,
  versionOfCalendar,
  versionOfFeed,
  versionOfRecaps,
  versionOfRota,
  versionOfSitemap,
  versionOfStatements,
  versionOfWeek,
} from './version.ts'
import { createShareImages } from './share-card.ts'
import { sitemap } from './sitemap.ts'
import { weekPage } from './week-page.ts'

/** So many coming slots stand on the public rota in any case; later ones as far as there is somebody. */
const ROTA_SLOTS = 6
const RECAPS_A_PAGE = 12
const FEED_ENTRIES = 30

const FEEDS: [path: string, type: string, write: typeof atomFeed][] = [
  ['feed.xml', 'application/atom+xml; charset=utf-8', atomFeed],
  ['feed.json', 'application/feed+json; charset=utf-8', jsonFeed],
]

/** What everybody may read: no session, no cookie, no script; kept as bytes until something changes. */
export async function followersRoutes(app: FastifyInstance, deps: PublicDeps): Promise<void> {
  const { db, clock, settings, images } = deps
  const { read } = db
  const sandbox = settings.mode === 'sandbox'
  const shareImages = createShareImages(images)
  const showing = () => ({ now: clock.now(), publicUrl: settings.publicUrl(), sandbox })
  const at = () => ({ db, now: clock.now() })

  let known: { changes: number; accounts: Account[] } | undefined

  /** As they stand; asked of the database after each commit only, since every page begins with it. */
  async function accountsNow(): Promise<Account[]> {
    const changes = db.changes()
    if (known?.changes !== changes) {
      const only = settings.inFolder?.accountId
      const accounts = await publicAccounts(read)
      known = { changes, accounts: only ? accounts.filter(({ id }) => id === only) : accounts }
    }
    return known.accounts
  }

  async function accountNamed(handle: string): Promise<Account | undefined> {
    return (await accountsNow()).find((one) => one.handle.toLowerCase() === handle.toLowerCase())
  }

  /** The account of an address, in whatever case it was typed; null when the reader was sent to the right spelling. */
  async function accountOf(request: FastifyRequest, reply: FastifyReply): Promise<Account | null> {
    const { handle } = request.params as { handle: string }
    const account = await accountNamed(handle)
    if (!account) throw new NotFound('There is no such account here.')
    if (account.handle === handle) return account
    await reply.redirect(request.url.replace(/^\/@[^/?]*/, `/@${account.handle}`), 302)
    return null
  }

  app.get('/', async (_request, reply) => {
    const accounts = await accountsNow()
    if (accounts.length === 1) return reply.redirect(`/@${accounts[0]!.handle}`, 302)
    return reply.cachedPage({
      key: '/',
      version: () => versionOfAccounts(at(), accounts),
      render: async () => {
        const running = await Promise.all(
          accounts.map((account) => publicRunningWeek(read, account, clock.now())),
        )
        return reply.publicHtml('followers/accounts', accountsPage(accounts, running, settings.publicUrl()))
      },
    })
  })

  /** A page of an account, in its frame. */
  function page(
    path: string,
    place: Place,
    about: {
      /** What tells pages of this path apart, beside the account. */
      key?(request: FastifyRequest): string | number
      version(account: Account, request: FastifyRequest): string | Promise<string>
      show(account: Account, request: FastifyRequest): Promise<{ view: string; model: { title: string } }>
    },
  ): void {
    app.get(`/@:handle${path}`, async (request, reply) => {
      const account = await accountOf(request, reply)
      if (!account) return reply
      return reply.cachedPage({
        key: `/@${account.handle}${path} ${about.key?.(request) ?? ''}`,
        version: () => about.version(account, request),
        render: async () => {
          const { view, model } = await about.show(account, request)
          const keeps = settings.inFolder && keptBeside(account, storyOf(request, model))
          return reply.publicHtml(view, {
            ...accountFrame(account, { place, sandbox, keeps }),
            ...model,
            // In a folder nobody answers.
            ...(settings.inFolder ? { oEmbed: null } : {}),
          })
        },
      })
    })
  }

  page('', 'now', {
    version: (account) => versionOfAccountPage(at(), account),
    show: async (account) => ({
      view: 'followers/account',
      model: await accountPage(read, account, showing()),
    }),
  })

  page('/rota', 'rota', {
    version: (account) => versionOfRota(at(), account),
    show: async (account) => {
      const { now } = showing()
      const running = await publicRunningWeek(read, account, now)
      const lines = await publicRota(read, account, { now, slots: ROTA_SLOTS })
      const teaser = running && runningTeaser(account, running, now)
      return { view: 'followers/rota', model: rotaPage(account, { lines, running: teaser }, showing()) }
    },
  })

  page('/recaps', 'recaps', {
    key: pageOf,
    version: (account) => versionOfRecaps(at(), account),
    show: async (account, request) => {
      const number = pageOf(request)
      const found = await listPublished(read, account.id, {
        limit: RECAPS_A_PAGE + 1,
        offset: (number - 1) * RECAPS_A_PAGE,
      })
      if (found.length === 0 && number > 1) throw new NotFound('There are no recaps this far back.')
      const teasers = found.slice(0, RECAPS_A_PAGE).map((recap) => recapTeaser(recap, account))
      const more = found.length > RECAPS_A_PAGE
      return {
        view: 'followers/recaps',
        model: recapsPage(account, { teasers, at: number, more }, showing()),
      }
    },
  })

  page('/weeks/:slot', null, {
    key: slotOf,
    version: (account, request) => versionOfWeek(at(), account, slotOf(request)),
    show: (account, request) => weekPage(read, account, { slot: slotOf(request), ...showing() }),
  })

  app.get('/@:handle/rota.ics', async (request, reply) => {
    const account = await accountOf(request, reply)
    if (!account) return reply
    return reply.cachedPage({
      key: `/@${account.handle}/rota.ics`,
      type: 'text/calendar; charset=utf-8',
      version: () => versionOfCalendar(at(), account),
      render: async () => {
        const weeks = await weeksForCalendar(read, account, clock.now())
        const publicUrl = settings.publicUrl()
        return calendarFile(
          weeks.flatMap((found) => publicEntries(account, found, publicUrl)),
          {
            name: `@${account.handle}: who comes next`,
            publicUrl,
            url: `${publicUrl}/@${account.handle}/rota.ics`,
          },
        )
      },
    })
  })

  app.get('/@:handle/weeks/:slot/week.ics', async (request, reply) => {
    const account = await accountOf(request, reply)
    if (!account) return reply
    const week = await findWeekOfSlot(read, account.id, slotOf(request))
    const hosted = week && isAnnounced(week) ? await findHostedWeek(read, week.id) : undefined
    const found = hosted && asTold(hosted)
    if (!found?.host) throw new NotFound('There is no week here, or it is not announced yet.')
    const publicUrl = settings.publicUrl()
    const [calendarWeek] = await forCalendar(read, [found], clock.now())
    const file = calendarFile(publicEntries(account, calendarWeek!, publicUrl), {
      name: `${found.host.name} on @${account.handle}`,
      publicUrl,
    })
    return reply.type('text/calendar; charset=utf-8').header('cache-control', 'public, no-cache').send(file)
  })

  app.get('/@:handle/weeks/:slot/share.png', async (request, reply) => {
    const account = await accountOf(request, reply)
    if (!account) return reply
    const week = await findPublicWeek(read, account, slotOf(request))
    if (!week || week.kind === 'hiatus')
      throw new NotFound('There is no week here, or it is not announced yet.')
    const { tag, png } = await shareImages.of(read, account, week)
    const etag = `"${tag}"`
    // Pages that show a card may show its picture, too.
    void reply.header('cross-origin-resource-policy', 'cross-origin')
    void reply.header('cache-control', 'public, no-cache').header('etag', etag)
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.type('image/png').send(await png())
  })

  app.get('/@:handle/weeks/:slot/card', async (request, reply) => {
    const account = await accountOf(request, reply)
    if (!account) return reply
    const weekId = await publishedWeek(account, slotOf(request))
    if (!weekId) throw new NotFound('There is no recap here, or not any more.')
    return showInFrames(reply).cachedPage({
      key: `/@${account.handle}/weeks/${slotOf(request)}/card`,
      version: () => versionOfWeek(at(), account, slotOf(request)),
      render: async () => {
        const page = (await publishedRecap(read, weekId, { publicUrl: settings.publicUrl(), sandbox }))!
        return reply.cardHtml('followers/card', recapCard(page, account.handle))
      },
    })
  })

  /** How others show a recap of ours on their pages (oembed.com). They ask with addresses of anybody. */
  app.get('/oembed', async (request, reply) => {
    void reply.header('access-control-allow-origin', '*').header('cache-control', 'public, no-cache')
    const wish = oEmbedWish(request)
    if (wish.format && wish.format !== 'json')
      return reply.code(501).send({ error: 'This site answers in JSON only.' })
    const publicUrl = settings.publicUrl()
    const asked = recapOfAddress(wish.url, publicUrl)
    const account = asked && (await accountNamed(asked.handle))
    const weekId = account && (await publishedWeek(account, asked.slot))
    const page = weekId && (await publishedRecap(read, weekId, { publicUrl, sandbox }))
    if (!page) return reply.code(404).send({ error: 'There is no recap of this site at that address.' })
    const recap = {
      title: page.title,
      address: page.canonical,
      author: page.opening.hosts ?? account.name,
      home: `${publicUrl}/@${account.handle}`,
      image: page.share.image,
    }
    return oEmbed(recap, wish, publicUrl)
  })

  /** The week whose recap is published at an address; null where none is. */
  async function publishedWeek(account: Account, slot: string): Promise<string | null> {
    const week = isDay(slot) ? await findWeekOfSlot(read, account.id, slot) : undefined
    const recap = week && isPublic(week) ? await findRecap(read, week.id) : undefined
    return recap?.state === 'published' ? recap.weekId : null
  }

  for (const [path, type, write] of FEEDS)
    app.get(`/@:handle/${path}`, async (request, reply) => {
      const account = await accountOf(request, reply)
      if (!account) return reply
      return reply.cachedPage({
        key: `/@${account.handle}/${path}`,
        type,
        version: () => versionOfFeed(at(), account),
        render: async () => {
          const reading = { publicUrl: settings.publicUrl(), sandbox }
          const entries = []
          for (const recap of await listPublished(read, account.id, { limit: FEED_ENTRIES }))
            entries.push({ recap, ...(await publishedStory(read, recap.weekId, reading)) })
          return write(account, entries, reading.publicUrl)
        },
      })
    })

  app.get('/sitemap.xml', (_request, reply) =>
    reply.cachedPage({
      key: '/sitemap.xml',
      type: 'application/xml; charset=utf-8',
      version: async () => versionOfSitemap(at(), await accountsNow()),
      render: async () =>
        sitemap(read, await accountsNow(), { ...showing(), answers: settings.inFolder === undefined }),
    }),
  )

  for (const [path, about] of [
    ['/accessibility', 'accessibility'],
    ['/privacy', 'privacy'],
  ] as const) {
    app.get(path, (_request, reply) =>
      reply.cachedPage({
        key: path,
        version: () => versionOfStatements(at()),
        render: async () => {
          const accounts = await accountsNow()
          const frame =
            accounts.length === 1
              ? accountFrame(accounts[0]!, {
                  place: null,
                  sandbox,
                  keeps: settings.inFolder && keptBeside(accounts[0]!, null),
                })
              : commonFrame(accounts)
          const model = statementPage(accounts, about, settings.publicUrl())
          return reply.publicHtml('followers/statement', { ...frame, ...model })
        },
      }),
    )
  }

  /** A picture may leave its page, so browsers and proxies ask each time, as for pages; what they have is good by its hash. */
  app.get('/pictures/:hash', (request, reply) =>
    sendPicture(request, reply, (picture) => stillOf(images, picture)),
  )

  /** As it was posted: of a GIF, the one that moves. */
  app.get('/pictures/:hash/moving', (request, reply) =>
    sendPicture(request, reply, async ({ hash, bytes }) => ({ bytes, send: () => images.stream(hash) })),
  )

  /** In a size and format that fits a page: `960.avif`. */
  app.get('/pictures/:hash/:size', (request, reply) => {
    const { size: name } = request.params as { size: string }
    const size = readSize(name)
    if (!size) throw new NotFound('There is no such picture here, or not any more.')
    return sendPicture(
      request,
      reply,
      async (picture) => {
        const made = await sizedImage(images, picture, size)
        return { bytes: made.length, send: () => made }
      },
      { tag: `-${name}`, type: `image/${size.format}` },
    )
  })

  async function sendPicture(
    request: FastifyRequest,
    reply: FastifyReply,
    open: (picture: Image) => ReturnType<typeof stillOf>,
    { tag = '', type }: { tag?: string; type?: string } = {},
  ): Promise<FastifyReply> {
    const { hash } = request.params as { hash: string }
    const picture = await findPublicPicture(read, hash)
    if (!picture) throw new NotFound('There is no such picture here, or not any more.')
    const etag = `"${hash}${tag}"`
    // Feeds have the story with its pictures, and are read on other sites.
    void reply.header('cross-origin-resource-policy', 'cross-origin')
    void reply.header('cache-control', 'public, no-cache').header('etag', etag)
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    const { bytes, send } = await open(picture)
    return reply
      .type(type ?? picture.mediaType)
      .header('content-length', bytes)
      .send(send())
  }
}

function pageOf(request: FastifyRequest): number {
  const { page } = request.query as { page?: string }
  return /^[1-9]\d{0,3}$/.test(page ?? '') ? Number(page) : 1
}

/** The slot of the page of a published story; null of any other. */
function storyOf(request: FastifyRequest, model: object): string | null {
  return 'published' in model && typeof model.published === 'string' ? slotOf(request) : null
}

function slotOf(request: FastifyRequest): string {
  return (request.params as { slot: string }).slot
}

/** Each thing asked once; a repeated one is nobody's. */
function oEmbedWish(request: FastifyRequest): OEmbedWish {
  const asked = Object.entries(request.query as Record<string, unknown>)
  return Object.fromEntries(asked.filter(([, value]) => typeof value === 'string'))
}
