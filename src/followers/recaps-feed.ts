import { Feed } from 'feed'
import type { Account } from '../accounts/accounts.ts'
import type { PublishedRecap } from '../recaps/recaps.ts'
import { recapTeaser } from './account-page.ts'

/** The published recaps as Atom (RFC 4287), the newest week first; a new edition is an update of its entry. */
export function recapsFeed(account: Account, recaps: PublishedRecap[], publicUrl: string): string {
  const home = `${publicUrl}/@${account.handle}`
  const newest = recaps.map(({ publishedAt }) => publishedAt.getTime())
  const feed = new Feed({
    id: `${home}/feed.xml`,
    title: `Recaps of @${account.handle}`,
    description: `Each week somebody who works at ${account.name} has @${account.handle}.`,
    link: home,
    language: 'en-GB',
    copyright: account.name,
    updated: new Date(Math.max(account.createdAt.getTime(), ...newest)),
    generator: 'My Working Week',
    feedLinks: { atom: `${home}/feed.xml` },
    author: { name: account.name },
  })
  for (const recap of recaps) {
    const { title, who, days, href } = recapTeaser(recap, account)
    feed.addItem({
      id: `${publicUrl}${href}`,
      link: `${publicUrl}${href}`,
      title: asHtml(title),
      description: asHtml([who, days.label].filter(Boolean).join(', ')),
      date: recap.publishedAt,
      ...(recap.host ? { author: [{ name: recap.host }] } : {}),
    })
  }
  return feed.atom1()
}

/** The feed's titles and summaries are HTML, in CDATA: what a person typed is text. Some characters XML has no way to write. */
function asHtml(text: string): string {
  return text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '') // oxlint-disable-line no-control-regex
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
