import { Feed } from 'feed'
import type { Account } from '../accounts/accounts.ts'
import type { PublishedRecap } from '../recaps/recaps.ts'
import { recapTeaser } from './account-page.ts'

/** A published recap with its whole story as HTML, and the names of those who hosted it. */
export interface FeedEntry {
  recap: PublishedRecap
  html: string
  hosts: string[]
}

/**
 * The published recaps with their full text as Atom (RFC 4287), the newest week first; a new edition is an update of its
 * entry.
 */
export function atomFeed(account: Account, entries: readonly FeedEntry[], publicUrl: string): string {
  const home = `${publicUrl}/@${account.handle}`
  const newest = entries.map(({ recap }) => recap.publishedAt.getTime())
  const feed = new Feed({
    id: `${home}/feed.xml`,
    ...wordsOf(account),
    link: home,
    copyright: writable(account.name),
    updated: new Date(Math.max(account.createdAt.getTime(), ...newest)),
    generator: 'My Working Week',
    feedLinks: { atom: `${home}/feed.xml` },
    author: { name: writable(account.name) },
  })
  for (const entry of entries) {
    const { address, title, summary, content, authors } = itemOf(entry, account, publicUrl)
    feed.addItem({
      id: address,
      link: address,
      title: asHtml(title),
      description: asHtml(summary),
      content,
      date: entry.recap.publishedAt,
      published: entry.recap.firstPublishedAt,
      ...(authors.length > 0 ? { author: authors } : {}),
    })
  }
  return feed.atom1()
}

/** The same as JSON Feed 1.1 (jsonfeed.org/version/1.1), whose titles and summaries are plain text. */
export function jsonFeed(account: Account, entries: readonly FeedEntry[], publicUrl: string): string {
  const home = `${publicUrl}/@${account.handle}`
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    ...wordsOf(account),
    home_page_url: home,
    feed_url: `${home}/feed.json`,
    language: 'en-GB',
    authors: [{ name: writable(account.name), url: home }],
    items: entries.map((entry) => {
      const { address, title, summary, content, authors } = itemOf(entry, account, publicUrl)
      return {
        id: address,
        url: address,
        title,
        summary,
        content_html: content,
        date_published: entry.recap.firstPublishedAt.toISOString(),
        date_modified: entry.recap.publishedAt.toISOString(),
        ...(authors.length > 0 ? { authors } : {}),
      }
    }),
  })
}

function wordsOf({ name, handle }: Account) {
  return {
    title: `Recaps of @${handle}`,
    description: writable(`Each week somebody who works at ${name} has @${handle}.`),
  }
}

function itemOf({ recap, html, hosts }: FeedEntry, account: Account, publicUrl: string) {
  const { title, who, days, href } = recapTeaser(recap, account)
  return {
    address: `${publicUrl}${href}`,
    title: writable(title),
    summary: writable([who, days.label].filter(Boolean).join(', ')),
    content: writable(html),
    authors: hosts.map((name) => ({ name: writable(name) })),
  }
}

/** Atom's titles and summaries are HTML here, in CDATA: what a person typed is text. */
function asHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Some characters XML has no way to write, and half a character nobody has. */
function writable(text: string): string {
  return text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '') // oxlint-disable-line no-control-regex
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
}
