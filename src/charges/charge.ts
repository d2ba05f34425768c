import twitterText from 'twitter-text'

/** What X charges for, by what was asked of it. */
export const CHARGE_KINDS = [
  'post',
  'post-with-link',
  'answer',
  'description',
  'own-read',
  'post-read',
  'user-read',
] as const
export type ChargeKind = (typeof CHARGE_KINDS)[number]

/**
 * What X charges for each, in micro-dollars: $0.015 is 15,000. An account's leads change them when X does.
 */
export interface Prices {
  post: number
  /** Also of an answer with a link: X does not say which of the two prices counts, so the higher one does. */
  postWithLink: number
  /** To somebody who named or quoted the account. */
  answer: number
  /** The description of one picture. */
  description: number
  /** One post of the account's own timeline or of its mentions, when the app at X is registered under the account. */
  ownRead: number
  postRead: number
  userRead: number
  /** The app at X is registered under the account itself, so that `ownRead` counts. */
  ownApp: boolean
}

/**
 * X's own list (docs.x.com, "Pricing"), pay per use since 6 February 2026, as it stood on 22 August 2026; the price of
 * an answer to somebody who summoned the account is of 23 February 2026. That the app is registered under the account is not
 * taken for granted.
 */
export const DEFAULT_PRICES: Prices = {
  post: 15_000,
  postWithLink: 200_000,
  answer: 10_000,
  description: 5_000,
  ownRead: 1_000,
  postRead: 5_000,
  userRead: 10_000,
  ownApp: false,
}

/** As much of an account as its charges need. */
export interface ChargedAccount {
  id: string
  timeZone: string
  /** Null: the defaults. */
  prices: Prices | null
}

export function pricesOf({ prices }: Pick<ChargedAccount, 'prices'>): Prices {
  return prices ?? DEFAULT_PRICES
}

/** Micro-dollars for one. */
export function priceOf(kind: ChargeKind, prices: Prices): number {
  const { post, postWithLink, answer, description, ownRead, postRead, userRead, ownApp } = prices
  const all: Record<ChargeKind, number> = {
    post,
    'post-with-link': postWithLink,
    answer,
    description,
    'own-read': ownApp ? ownRead : postRead,
    'post-read': postRead,
    'user-read': userRead,
  }
  return all[kind]
}

/** A part of a draft or a thread, as it goes out. */
export interface Sent {
  text: string
  images: readonly { alt: string }[]
  /** It answers somebody who named or quoted the account. X lets nobody else be answered (self-serve, since 23 February 2026). */
  summoned: boolean
}

export function kindOfPost({ text, summoned }: Pick<Sent, 'text' | 'summoned'>): ChargeKind {
  if (hasLink(text)) return 'post-with-link'
  return summoned ? 'answer' : 'post'
}

/** Whether X makes a link of anything in it, bare domains too. */
export function hasLink(text: string): boolean {
  return twitterText.extractUrls(text).length > 0
}

/** What sending these parts costs, in micro-dollars, with the descriptions of their pictures. */
export function costOfParts(parts: readonly Sent[], prices: Prices): number {
  return parts.reduce((sum, part) => sum + costOfPart(part, prices), 0)
}

function costOfPart(part: Sent, prices: Prices): number {
  const described = part.images.filter(({ alt }) => alt !== '').length
  return priceOf(kindOfPost(part), prices) + described * priceOf('description', prices)
}

/** "$0.015", "$0.20", "$12.50": at least cents, and no more figures than there are. */
export function dollars(microDollars: number): string {
  const sign = microDollars < 0 ? '−' : ''
  const figures = (Math.abs(microDollars) / 1_000_000).toFixed(6)
  const [whole = '0', fraction = ''] = figures.split('.')
  return `${sign}$${Number(whole).toLocaleString('en-GB')}.${fraction.replace(/0{1,4}$/, '')}`
}

/** "$2.30" for 2.295: for sentences, in which less than a cent matters only below a dollar. */
export function inCents(microDollars: number): string {
  const whole = Math.abs(microDollars) < 1_000_000
  return dollars(whole ? microDollars : Math.round(microDollars / 10_000) * 10_000)
}

/** `12.5` as a field wants it, without the sign. */
export function amountTyped(microDollars: number): string {
  return dollars(microDollars).replaceAll(/[$,]/g, '')
}
