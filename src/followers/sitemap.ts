import { askHrefOf } from '../accounts/asking.ts'
import type { Account } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { listPublished } from '../recaps/recaps.ts'
import { weekHref } from './pages.ts'
import { listPublicWeeks } from './public-week.ts'

/** The sitemap protocol takes 50,000 addresses; a week each makes that a thousand years of one account. */
const RECAPS = 10_000

/** All public pages for search engines (sitemaps.org, protocol 0.9), each once, with the day on which a story was published last. */
export async function sitemap(
  read: Reader,
  accounts: readonly Account[],
  {
    publicUrl,
    answers,
  }: {
    publicUrl: string
    /** Whether anybody answers there, and takes forms: nobody does where the pages are kept in a folder. */
    answers: boolean
  },
): Promise<string> {
  const changed = new Map<string, Date | null>(accounts.length === 1 ? [] : [['/', null]])
  for (const account of accounts) {
    const home = `/@${account.handle}`
    for (const path of ['', '/rota', '/recaps']) changed.set(`${home}${path}`, null)
    const askHref = answers ? askHrefOf(account) : null
    if (askHref) changed.set(askHref, null)
    for (const { slot } of await listPublicWeeks(read, account)) changed.set(weekHref(account, slot), null)
    for (const { slot, publishedAt } of await listPublished(read, account.id, { limit: RECAPS }))
      changed.set(weekHref(account, slot), publishedAt)
  }
  for (const path of ['/accessibility', '/privacy']) changed.set(path, null)
  const urls = [...changed].map(([path, at]) => {
    const lastmod = at ? `<lastmod>${at.toISOString()}</lastmod>` : ''
    return `  <url><loc>${publicUrl}${path}</loc>${lastmod}</url>\n`
  })
  return `<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join('')}</urlset>\n`
}
