import sanitize from 'sanitize-html'

/** What a page calls itself and its site; null where it does not say. */
export interface PageTitle {
  title: string | null
  site: string | null
}

const MOST_LETTERS = 200

/** Reads a page's title and the name of its site from its beginning, in whatever letters it is written. */
export function readTitle({ bytes, contentType }: { bytes: Buffer; contentType: string }): PageTitle {
  const found = new Map<string, string>()
  const note = (name: string, value: string | undefined) => {
    const words = (value ?? '').replaceAll(/[\p{C}\s]+/gu, ' ').trim()
    if (words && !found.has(name)) found.set(name, words.slice(0, MOST_LETTERS))
  }
  sanitize(decoded(bytes, contentType), {
    allowedTags: ['title', 'meta'],
    allowedAttributes: { meta: ['property', 'name', 'content'] },
    exclusiveFilter: ({ tag, text, attribs }) => {
      if (tag === 'title') note('title', text)
      if (tag === 'meta')
        note((attribs['property'] ?? attribs['name'] ?? '').toLowerCase(), attribs['content'])
      return false
    },
  })
  return {
    title: found.get('og:title') ?? found.get('title') ?? null,
    site: found.get('og:site_name') ?? null,
  }
}

function decoded(bytes: Buffer, contentType: string): string {
  const named =
    /charset=["']?([\w-]+)/i.exec(contentType) ??
    /<meta[^>]+charset=["']?([\w-]+)/i.exec(bytes.toString('latin1', 0, 2048))
  try {
    return new TextDecoder(named?.[1] ?? 'utf-8').decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}
