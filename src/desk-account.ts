import type { FastifyRequest } from 'fastify'
import type { Reader } from './db/database.ts'
import { findDrafts } from './drafts/drafts.ts'
import { NotFound } from './errors.ts'
import { findHelp } from './listening/posts.ts'
import { findRemovalRequest } from './listening/removals.ts'
import { accountsOf, mayDecide, type Actor } from './people/person.ts'
import { findDelivery } from './publishing/deliveries.ts'
import { findWeek } from './rota/weeks.ts'

/** Pages of a desk as a whole: whose they are is said in their address, as `?account=`, to people who have several. */
export const DESK_PAGES: readonly string[] = [
  '/today',
  '/queue',
  '/queue/together',
  '/rota',
  '/rota/book',
  '/people',
  '/activity',
  '/away',
]

type Finder = (read: Reader, id: string) => Promise<{ accountId: string } | undefined>

/** What has an account, by the first word of its address. */
const FINDERS: Record<string, Finder> = {
  accounts: async (_read, id) => ({ accountId: id }),
  weeks: findWeek,
  drafts: async (read, id) => (await findDrafts(read, [id]))[0],
  deliveries: findDelivery,
  help: findHelp,
  'removal-requests': findRemovalRequest,
}

/** Where a page of a desk is to be opened again with its account in the address; null where it stands there, or need not. */
export function withAccount({ method, url, visitor }: FastifyRequest): string | null {
  const [path, query = ''] = url.split('?')
  if (method !== 'GET' || !visitor || visitor.roles.length < 2 || !DESK_PAGES.includes(path!)) return null
  const asked = new URLSearchParams(query)
  if (asked.has('account') || asked.has('week')) return null
  asked.set('account', visitor.roles[0]!.accountId)
  return `${path}?${asked.toString()}`
}

/**
 * Which account a request is about, of those that a person has to do with: the one of what it names, or the one that its
 * form or address says, or the one that they were at last. Null where none of these is theirs, or they have one only.
 * @throws NotFound for the desk of an account at which they have no place.
 */
export async function accountAsked(
  read: Reader,
  request: Pick<FastifyRequest, 'url' | 'query' | 'body'>,
  { actor, last }: { actor: Actor; last: string | undefined },
): Promise<string | null> {
  const { account, week, draft } = request.query as Record<'account' | 'week' | 'draft', string | undefined>
  const [path] = request.url.split('?')
  if (account !== undefined && DESK_PAGES.includes(path!) && !mayDecide(actor, account)) throw new NotFound()
  const all = accountsOf(actor)
  if (all.length < 2) return null
  const [, kind = '', id = ''] = (path === '/queue' && draft ? `/drafts/${draft}` : path!).split('/')
  const { _account: said } = (request.body ?? {}) as { _account?: unknown }
  const named = async () => (await FINDERS[kind]?.(read, id))?.accountId
  const hosted = path === '/today' ? actor.hosting.find(({ weekId }) => weekId === week) : undefined
  for (const one of [hosted?.accountId, await named(), said, account, last])
    if (typeof one === 'string' && all.includes(one)) return one
  return null
}
