import { CARD, cardFrame } from '../recaps/recaps.ts'

/** What a page asks that wants to show one of ours. */
export interface OEmbedWish {
  url?: string
  maxwidth?: string
  maxheight?: string
  format?: string
}

/** The recap that an address of ours names, in whatever case its handle was typed; null for any other address. */
export function recapOfAddress(
  address: string | undefined,
  publicUrl: string,
): { handle: string; slot: string } | null {
  if (!address || !URL.canParse(address)) return null
  const asked = new URL(address)
  const ours = new URL(publicUrl)
  if (!/^https?:$/.test(asked.protocol) || asked.host !== ours.host) return null
  const within = ours.pathname.replace(/\/$/, '')
  const found = /^\/@([A-Za-z0-9_]+)\/weeks\/(\d{4}-\d\d-\d\d)\/?$/.exec(asked.pathname.slice(within.length))
  return found && asked.pathname.startsWith(within) ? { handle: found[1]!, slot: found[2]! } : null
}

/**
 * What oEmbed 1.0 (oembed.com) answers for a recap: its card, or, where a page has not the room for one, the words for a link.
 * Neither is larger than what was asked for.
 */
export function oEmbed(
  recap: {
    title: string
    address: string
    author: string
    home: string
    image: string
  },
  { maxwidth, maxheight }: OEmbedWish,
  publicUrl: string,
) {
  const most = { width: pixels(maxwidth), height: pixels(maxheight) }
  const width = Math.min(CARD.width, most.width)
  const common = {
    version: '1.0',
    title: recap.title,
    author_name: recap.author,
    author_url: recap.home,
    provider_name: 'My Working Week',
    provider_url: `${publicUrl}/`,
    cache_age: 3600,
    ...(most.width >= SHARE_IMAGE.thumbnail_width && most.height >= SHARE_IMAGE.thumbnail_height
      ? { thumbnail_url: recap.image, ...SHARE_IMAGE }
      : {}),
  }
  if (width < CARD.narrowest || most.height < CARD.height) return { type: 'link', ...common }
  return { type: 'rich', ...common, html: cardFrame(recap, { width }), width, height: CARD.height }
}

/** As the share image is drawn. */
const SHARE_IMAGE = { thumbnail_width: 1200, thumbnail_height: 630 } as const

/** No limit where none was given, or nothing that is one. */
function pixels(limit: string | undefined): number {
  return /^\d{1,5}$/.test(limit ?? '') ? Number(limit) : Infinity
}
