import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import Fastify from 'fastify'
import { NotFound } from './errors.ts'
import type { Account } from './accounts/accounts.ts'
import { namesOneFile, oneFile } from './export/one-file.ts'
import type { PublicPages } from './export/public-pages.ts'
import { siteFiles, type Before, type SiteFile } from './export/site-files.ts'
import { followersRoutes } from './followers/routes.ts'
import type { PublicDeps } from './web/deps.ts'
import { registerErrorPages } from './web/errors.ts'
import { registerPageCache } from './web/page-cache.ts'
import { registerViews } from './web/views.ts'

const root = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/**
 * The public pages of one account as they are kept in a folder: the very routes and views that answer followers, asked
 * without listening. They name `siteUrl` as their address, and nothing that needs somebody to answer.
 */
export async function openPublicPages(
  deps: PublicDeps,
  { accountId, siteUrl }: { accountId: string; siteUrl: string },
): Promise<PublicPages> {
  const settings = {
    ...deps.settings,
    publicUrl: () => siteUrl,
    logLevel: 'silent',
    inFolder: { accountId },
  }
  const app = Fastify({ logger: false, routerOptions: { maxParamLength: 200 } })
  const still: PublicDeps = { ...deps, settings }
  registerPageCache(app, still)
  await app.register(fastifyStatic, { root: root('dist/assets'), prefix: '/assets/' })
  await registerViews(app, still, root('views'))
  registerErrorPages(app, async (reply, { message }) => reply.type('text/plain').send(message))
  app.setNotFoundHandler(() => {
    throw new NotFound()
  })
  await app.register(followersRoutes, still)
  return {
    async get(address, known) {
      const { statusCode, headers, rawPayload } = await app.inject({
        url: address,
        headers: known ? { 'if-none-match': known } : {},
      })
      return {
        status: statusCode,
        type: String(headers['content-type'] ?? '').split(';')[0]!,
        etag: typeof headers.etag === 'string' ? headers.etag : null,
        body: rawPayload,
      }
    },
    close: () => app.close(),
  }
}

/** The page of a published story with all that it needs within it; null where none is published. */
export async function oneFileOfWeek(
  deps: PublicDeps,
  account: Account,
  { slot, siteUrl, serverUrl }: { slot: string; siteUrl: string; serverUrl: string },
): Promise<string | null> {
  const pages = await openPublicPages(deps, { accountId: account.id, siteUrl })
  try {
    const address = `/@${account.handle}/weeks/${slot}`
    const { status, body } = await pages.get(address)
    const html = body.toString()
    if (status !== 200 || !namesOneFile(html, address)) return null
    const place = { handle: account.handle, siteUrl, serverUrl }
    return await oneFile(html, { get: (one) => pages.get(one), place })
  } finally {
    await pages.close()
  }
}

/** Every file of an account's public site, as it stands while they are read. */
export async function* filesOfAccount(
  deps: PublicDeps,
  account: Account,
  { siteUrl, serverUrl, before }: { siteUrl: string; serverUrl: string; before?: Before },
): AsyncGenerator<SiteFile> {
  const pages = await openPublicPages(deps, { accountId: account.id, siteUrl })
  try {
    yield* siteFiles({
      pages,
      read: deps.db.read,
      account,
      place: { handle: account.handle, siteUrl, serverUrl },
      sandbox: deps.settings.mode === 'sandbox',
      now: deps.clock.now(),
      ...(before ? { before } : {}),
    })
  } finally {
    await pages.close()
  }
}

/** The public sites as people take them with them: under the address that they have now. */
export function sitesOf(deps: PublicDeps) {
  const addresses = () => {
    const serverUrl = deps.settings.publicUrl()
    return { serverUrl, siteUrl: deps.settings.siteUrl ?? serverUrl }
  }
  return {
    filesOf: (account: Account) => filesOfAccount(deps, account, addresses()),
    oneFileOf: (account: Account, slot: string) => oneFileOfWeek(deps, account, { slot, ...addresses() }),
  }
}
