/** An item that a page tells machines of: what it is, and its properties by name. */
export interface Item {
  type: string
  properties: Map<string, (Item | string)[]>
}

const TAG = /<(\/?)([a-z][a-z0-9-]*)((?:[^"<>]|"[^"]*")*)>/gi
const VOID = /^(area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/
/** What HTML gives by an element that holds an address. */
const ADDRESSES = new Set(['mainEntityOfPage', 'image', 'url'])

/**
 * The items of a page, as HTML's microdata says; text is given as the elements that begin with it are written.
 * @throws Error for a property of nothing, and for an address that no element for addresses gives.
 */
export function itemsIn(html: string): Item[] {
  const found: Item[] = []
  const open: { name: string; item: Item | null }[] = []
  for (const match of html.matchAll(TAG)) {
    const [whole, closing, name = '', attributes = ''] = match
    if (closing) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else.`)
      continue
    }
    const valueOf = (attribute: string) => new RegExp(`\\s${attribute}="([^"]*)"`).exec(attributes)?.[1]
    const isItem = /\sitemscope\b/.test(attributes)
    const item: Item | null = isItem ? { type: valueOf('itemtype') ?? '', properties: new Map() } : null
    const property = valueOf('itemprop')
    if (property) {
      const around = open.findLast(({ item: one }) => one !== null)?.item
      if (!around) throw new Error(`${whole} is of no item.`)
      const address = valueOf('href') ?? valueOf('src')
      if (ADDRESSES.has(property) && address === undefined) throw new Error(`${whole} gives no address.`)
      const text = html.slice(match.index + whole.length, html.indexOf('<', match.index + whole.length))
      const value = item ?? valueOf('content') ?? address ?? text.trim()
      around.properties.set(property, [...(around.properties.get(property) ?? []), value])
    } else if (item) found.push(item)
    if (!VOID.test(name) && !attributes.endsWith('/')) open.push({ name, item })
  }
  return found
}
