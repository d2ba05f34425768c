import { Feed } from 'feed'
import type { Account } from '../accounts/accounts.ts'
import type { PublishedRecap } from '../recaps/recaps.ts'
import { recapTeaser } from './account-page.ts'

/** A published recap with its whole story as HTML. */
export interface FeedEntry {
  recap: PublishedRecap
  html: string
}

/**
 * The published recaps with their full text, the newest week first; a new edition is an update of its entry. As Atom
 * (RFC 4287) and as JSON (jsonfeed.org).
 */
export function recapsFeed(account: Account, entries: readonly FeedEntry[], publicUrl: string): Feed {
  const recaps = entries.map(({ recap }) => recap)
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
    feedLinks: { atom: `${home}/feed.xml`, json: `${home}/feed.json` },
    author: { name: account.name },
  })
  for (const { recap, html } of entries) {
    const { title, who, days, href } = recapTeaser(recap, account)
    feed.addItem({
      id: `${publicUrl}${href}`,
      link: `${publicUrl}${href}`,
      title: asHtml(title),
      description: asHtml([who, days.label].filter(Boolean).join(', ')),
      content: writable(html),
      date: recap.publishedAt,
      published: recap.firstPublishedAt,
      ...(recap.host ? { author: [{ name: recap.host }] } : {}),
    })
  }
  return feed
}

/** The feed's titles and summaries are HTML, in CDATA: what a person typed is text. */
function asHtml(text: string): string {
  return writable(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Some characters XML has no way to write, and half a character nobody has. */
function writable(text: string): string {
  return text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '') // oxlint-disable-line no-control-regex
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
}
