import view from '@fastify/view'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { dayInWords, dayOf, timeInWords } from '../calendar.ts'
import type { Deps } from './deps.ts'
import type { Flash } from './session.ts'
import { safeNext } from './sign-in-guard.ts'
import { isQuiet } from './quiet-refresh.ts'
import { isKeptByBrowser, typedWords } from './typed-words.ts'
import { handlebarsFor } from './view-helpers.ts'

export interface NavLink {
  href: string
  label: string
  count: number | null
  current: boolean
}

/** `of`: whose it is, where there are several. */
export interface BrakeButton {
  action: string
  of: string | null
}

/** What the signed-in pages' frame needs beside the page itself. */
export interface Frame {
  mood: 'desk' | 'notebook'
  /** Where the squares in the corner lead. */
  home: string
  accountName: string | null
  /** To choose from, where this person has several. */
  accounts?: { handle: string; href: string; current: boolean; brakes: BrakeButton[] }[] | undefined
  nav: NavLink[]
  /** What comes after `nav`: on a phone behind the menu's button. */
  more: NavLink[]
  /** The brake of the account at hand, where it is this person's to pull and not on yet. */
  brakes?: BrakeButton[]
  /** Those of their other accounts, under the masthead; of very many the rest stands at `accounts`. */
  otherBrakes?: BrakeButton[]
  /** The model of the partial `band`: something that everybody at the desk has to know. */
  band?: {
    tag: { state: string; label: string }
    text: string
    link: { href: string; label: string } | null
  } | null
}

/** Flat: dates in words, permissions as booleans. */
export interface PageModel {
  title: string
  /** Where the page looks whether it is another one; absent for pages that stay as they are. */
  refreshes?: string | undefined
  /** Seconds until it looks, where that is to be sooner than elsewhere. */
  refreshesEvery?: number | null
  [key: string]: unknown
}

export type FrameOf = (request: FastifyRequest) => Promise<Frame>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Where the form that this route takes can be opened, from what was sent; for forms that come back under the route's address. */
    formPage?: (body: unknown) => string
    /** What a person has to know when this route's form was not taken because they were signed out, or it was too old. */
    notTaken?: string
  }
  interface FastifyReply {
    /** Renders a page of the desk or the notebook. `title` is the document's title, without the product's name. */
    page(view: string, model: PageModel): Promise<FastifyReply>
    /** The HTML of a page for followers. */
    publicHtml(view: string, model: PageModel): Promise<string>
    /** The HTML of what others show within their pages. */
    cardHtml(view: string, model: PageModel): Promise<string>
    /** Renders a page for followers: no script, no cookie. */
    publicPage(view: string, model: PageModel): Promise<FastifyReply>
    /** Something to be said on the next page. */
    flash(message: string, more?: Omit<Flash, 'message'>): FastifyReply
    /** A form could not be taken as it was sent: gives back what was typed, to copy or to send again after signing in. */
    keepTyped(status: number): Promise<FastifyReply>
  }
}

export async function registerViews(
  app: FastifyInstance,
  deps: Pick<Deps, 'assets' | 'settings' | 'clock'>,
  viewsDir: string,
): Promise<void> {
  const handlebars = handlebarsFor({ assets: deps.assets, viewsDir })
  await app.register(view, {
    engine: { handlebars },
    root: viewsDir,
    viewExt: 'hbs',
    production: true,
    propertyName: 'view',
    asyncPropertyName: 'viewAsync',
  })

  app.decorateReply('publicHtml', async function (page, model) {
    const common = { share: shareOf(model), sandbox: sandboxNotice(deps) }
    return this.viewAsync(page, { ...model, ...common }, { layout: 'layouts/magazine' })
  })

  app.decorateReply('cardHtml', async function (page, model) {
    return this.viewAsync(page, { ...model, sandbox: deps.settings.mode === 'sandbox' })
  })

  app.decorateReply('publicPage', async function (page, model) {
    return this.type('text/html; charset=utf-8').send(await this.publicHtml(page, model))
  })
}

/** For pages that have a session. */
export function registerDeskViews(app: FastifyInstance, deps: Deps, frameOf: FrameOf): void {
  app.decorateReply('page', async function (page, model) {
    const { request } = this
    const frame = await frameOf(request)
    const common = {
      ...frame,
      person: request.visitor ? { id: request.visitor.personId, name: request.visitor.name } : null,
      path: request.url,
      accountId: request.accountId,
      base: deps.settings.practice?.base,
    }
    const refresh = refreshOf(this, { page, ...common, ...model, sandbox: sandboxNotice(deps) })
    if (refresh && this.isAsKnown(refresh.version)) return this
    if (refresh) void this.header('etag', refresh.version)
    const flash = isQuiet(request) ? undefined : request.session.flash
    if (flash) delete request.session.flash
    const forms = {
      csrf: this.generateCsrf(),
      flash,
    }
    const all = { ...common, ...forms, ...model, refresh, sandbox: sandboxNotice(deps) }
    const html = await this.viewAsync(page, all, { layout: 'layouts/desk' })
    return this.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(html)
  })

  app.decorateReply('flash', function (message, more = {}) {
    this.request.session.flash = { message, ...more }
    return this
  })

  app.decorateReply('keepTyped', async function (status) {
    const next = pageOfForm(this.request)
    return this.code(status).page('errors/kept', {
      title: this.request.routeOptions.config.notTaken ? 'Not done yet' : 'Nothing is lost',
      notTaken: this.request.routeOptions.config.notTaken,
      signedIn: this.request.visitor !== null,
      next,
      signInHref: `/sign-in?next=${encodeURIComponent(next)}`,
      page: 'door',
      typed: typedWords(this.request.body),
      keptByBrowser: isKeptByBrowser(this.request.body),
    })
  })
}

/** A page that can be pointed to says what it is wherever somebody does, also where it has nothing more to say of itself. */
function shareOf({ title, description, canonical, share }: PageModel): unknown {
  return share ?? (canonical ? { type: 'website', title, description } : null)
}

/** On every page of a sandbox. Its time is London's, as the installation has none of its own; a practice's is its account's. In a folder time stands still. */
function sandboxNotice({ settings, clock }: Pick<Deps, 'settings' | 'clock'>): {
  now?: string
  short?: string
  practice?: { href: string; label: string }
} | null {
  if (settings.mode !== 'sandbox') return null
  if (settings.inFolder) return {}
  const now = clock.now()
  const { practice } = settings
  const zone = practice?.zone ?? 'Europe/London'
  const [day, time] = [dayInWords(dayOf(now, zone)), timeInWords(now, zone)]
  const short = day.replace(/\p{L}+/gu, (word) => word.slice(0, 3))
  return {
    now: `${day}, ${time}`,
    short: `${short}, ${time}`,
    ...(practice && { practice: { href: practice.home, label: practice.tasks() } }),
  }
}

/**
 * The page that a form stands on, to be opened again: where it was sent from, or the route's own word where that is the
 * address it was sent to (the form came back once already) or not known.
 */
function pageOfForm(request: FastifyRequest): string {
  const { referer } = request.headers
  const { pathname, search } =
    referer && URL.canParse(referer) ? new URL(referer) : { pathname: '', search: '' }
  const sentTo = request.url.split('?')[0]
  const own = request.routeOptions.config.formPage
  if (own && (pathname === '' || pathname === sentTo)) return safeNext(own(request.body))
  return safeNext(pathname + search)
}

/** For a page that refreshes itself, where it looks and what it says; a form that came back stays as it is. */
function refreshOf(
  reply: FastifyReply,
  model: PageModel,
): { href: string; version: string; every: number | null } | null {
  if (model.refreshes === undefined || reply.request.method !== 'GET' || reply.statusCode !== 200) return null
  return { href: model.refreshes, version: reply.versionOf(model), every: model.refreshesEvery ?? null }
}
