import MarkdownIt from 'markdown-it'
import sanitize from 'sanitize-html'

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: true, quotes: '“”‘’' })

const LEVELS = [1, 2, 3, 4, 5, 6]

/**
 * HTML of what a person wrote in Markdown, safe to stand on a page as it is: raw HTML stays text, pictures are left out,
 * and links lead to the web or to a mailbox only. The highest heading becomes an h3, so that it fits under a section's title.
 */
export function renderMarkdown(source: string): string {
  return sanitize(markdown.render(source), {
    allowedTags: [
      'p',
      'br',
      'hr',
      'ul',
      'ol',
      'li',
      'strong',
      'em',
      'a',
      'h3',
      'h4',
      'blockquote',
      'code',
      'pre',
    ],
    allowedAttributes: { a: ['href', 'rel'], ol: ['start'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    transformTags: {
      ...Object.fromEntries(LEVELS.map((level) => [`h${level}`, level === 1 ? 'h3' : 'h4'])),
      a: sanitize.simpleTransform('a', { rel: 'noopener' }),
    },
  })
}
