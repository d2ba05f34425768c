import { LEFT, numberWords } from './item-views.ts'
import { saidView } from './page-words.ts'
import type { Item, PagePicture, PagePost, Said, Voice, WeekPage } from './week-page.ts'

interface Reading {
  /** Without a slash at its end. */
  publicUrl: string
  sandbox: boolean
}

/**
 * A week's story as plain HTML with whole addresses, for readers that know nothing of our pages: feeds. Words, headings,
 * quotations, pictures and lists; the charts and the word cloud are told as lists.
 */
export function storyHtml(page: WeekPage, reading: Reading): string {
  const story = new StoryHtml(page, reading)
  const chapters = page.chapters.map(({ title, line, items }) => {
    const told = items.map((item) => story.item(item)).join('')
    // Of a chapter that is drawn, or said once already, its title alone would promise something.
    if (told === '' && items.length > 0) return ''
    return element('h2', escaped(title)) + element('p', escaped(line ?? '')) + told
  })
  return element('p', escaped(page.why)) + chapters.join('')
}

class StoryHtml {
  readonly #address: string
  readonly #reading: Reading

  constructor({ account, slot }: WeekPage, reading: Reading) {
    this.#address = `${reading.publicUrl}/@${account.handle}/weeks/${slot}`
    this.#reading = reading
  }

  item(item: Item): string {
    switch (item.kind) {
      case 'post':
        return this.#post(item.post)
      case 'mention':
        return [item.voice, ...item.answers].map((voice) => this.#voice(voice)).join('')
      case 'live':
        return element('h3', escaped(item.name)) + item.items.map((one) => this.item(one)).join('')
      case 'text':
        return element('h3', escaped(item.heading)) + item.html
      case 'heading':
        return element('h3', escaped(item.heading))
      case 'picture':
        return this.#picture(item.picture, item.caption)
      case 'quote':
        return element('blockquote', element('p', escaped(item.text)) + element('p', escaped(item.by)))
      case 'brought':
        return this.#voice(item.voice)
      case 'gallery':
        return item.pictures.map((picture) => this.#picture(picture, '')).join('')
      case 'words':
        return element('p', item.words.map(({ text }) => escaped(text)).join(', '))
      case 'links':
        return list(item.links.map(({ href, title, display }) => link(href, title ?? display)))
      case 'numbers':
        return element(
          'p',
          escaped(
            numberWords(item.numbers)
              .map(({ text }) => text)
              .join(''),
          ),
        )
      case 'people':
        return list(item.named.map(({ name, handle }) => escaped(`${name}, @${handle}`)))
      case 'join':
        // Feed readers are elsewhere.
        return item.html.replaceAll('href="/', `href="${this.#reading.publicUrl}/`)
      default:
        // Said once already, in its place.
        return ''
    }
  }

  #post({ at, parts, voices }: PagePost): string {
    const said = parts
      .map((part) => this.#said(part.said) + part.pictures.map((one) => this.#picture(one, '')).join(''))
      .join('')
    const when = link(`${this.#address}#p${parts[0]!.id}`, at.time)
    return (
      element('p', when) + element('blockquote', said) + voices.map((voice) => this.#voice(voice)).join('')
    )
  }

  #voice(voice: Voice): string {
    if (voice.left) return element('p', escaped(LEFT[voice.left]))
    const who = `${voice.name}, @${voice.handle}${voice.edited ? ' (edited)' : ''}`
    return element('p', escaped(who)) + element('blockquote', this.#said(voice.said))
  }

  #said(said: Said): string {
    const { words, signOff } = saidView(said, this.#reading)
    const shown = words.map(({ text, href }) => (href ? link(href, text) : lines(text)))
    return element('p', [...shown, escaped(signOff && ` ${signOff}`)].join(''))
  }

  #picture({ hash, alt, width, height }: PagePicture, caption: string): string {
    const src = `${this.#reading.publicUrl}/pictures/${hash}`
    const image = `<img src="${src}" alt="${escaped(alt)}" width="${width}" height="${height}">`
    return element('p', image) + element('p', escaped(caption))
  }
}

/** Nothing where there is nothing in it. */
function element(name: string, inner: string): string {
  return inner === '' ? '' : `<${name}>${inner}</${name}>`
}

function list(items: string[]): string {
  return element('ul', items.map((item) => element('li', item)).join(''))
}

function link(href: string, text: string): string {
  return `<a href="${escaped(href)}">${escaped(text)}</a>`
}

function lines(text: string): string {
  return escaped(text).replaceAll('\n', '<br>')
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
