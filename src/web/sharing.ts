/** What a page says of itself to other sites and to search engines; a page that says more itself has its own `share`. */
export function sharing({
  title,
  description,
  canonical,
}: {
  title: string
  description: string
  /** Absolute. */
  canonical: string
}) {
  return { description, canonical, share: { type: 'website', title, description } }
}
