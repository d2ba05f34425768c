import type { WeekPageView } from './pages.ts'

/** A card is so wide on a page that has the room, and never narrower than the second; in CSS pixels, as is its height. */
export const CARD = { width: 600, narrowest: 320, height: 300 } as const

/** The model of `followers/card`: a published recap in short, to stand on somebody else’s page. */
export function recapCard({ title, canonical, opening, chapters }: WeekPageView, handle: string) {
  const numbers = chapters.flatMap(({ items }) =>
    items.flatMap((item) => ('numbers' in item ? [item.numbers as { words: { text: string }[] }] : [])),
  )[0]
  return {
    title,
    canonical,
    handle: `@${handle}`,
    heading: opening.title,
    host: opening.host && { name: opening.host.name, detail: opening.host.detail },
    portrait: opening.portrait,
    squares: opening.squares,
    days: opening.oneDay ? opening.last.label : `${opening.first.label} to ${opening.last.label}`,
    /** What the week came to, where the page says so. */
    counted: numbers ? numbers.words.map(({ text }) => text).join('') : null,
  }
}

/**
 * The HTML that puts a recap’s card on another page: a frame, and nothing that needs a script there. `address` is the
 * recap’s own, with its site.
 */
export function cardFrame(
  { title, address }: { title: string; address: string },
  { width = CARD.width, height = CARD.height }: { width?: number; height?: number } = {},
): string {
  return `<iframe src="${inHtml(address)}/card" title="${inHtml(title)}" width="${width}" height="${height}" loading="lazy" style="border: 0; max-width: 100%"></iframe>`
}

/** The address at which readers of blogs find out how a recap’s card is shown (oembed.com). */
export function oEmbedAddress({ publicUrl, address }: { publicUrl: string; address: string }): string {
  return `${publicUrl}/oembed?${new URLSearchParams({ url: address, format: 'json' }).toString()}`
}

function inHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
