import t from 'tap'
import { renderMarkdown } from '../../src/web/markdown.ts'

t.test('what people write in Markdown is safe to show', async (t) => {
  const cases: [what: string, source: string, shows: string | RegExp, never?: RegExp][] = [
    ['emphasis and lists', '- *Be* **kind**', '<li><em>Be</em> <strong>kind</strong></li>'],
    ['raw HTML stays text', '<script>alert(1)</script>', '&lt;script&gt;', /<script/],
    ['a handler too', '<img src=x onerror=alert(1)>', '&lt;img', /<img/],
    ['no script behind a link', '[here](javascript:alert(1))', /here/, /href/],
    ['nor data', '[here](data:text/html,hello)', /here/, /href/],
    [
      'a link to the web',
      '[us](https://north.example/a?b=1)',
      '<a href="https://north.example/a?b=1" rel="noopener">us</a>',
    ],
    ['an address as it stands', 'Write to week@north.example', 'href="mailto:week@north.example"'],
    ['no picture from elsewhere', '![a](https://elsewhere.example/a.png)', /^<p><\/p>/, /<img/],
    ['headings below a section’s title', '# One\n\n## Two', /<h3>One<\/h3>\s*<h4>Two<\/h4>/, /<h[12]/],
  ]
  for (const [what, source, shows, never] of cases) {
    const html = renderMarkdown(source)
    t.match(html, shows, what)
    if (never) t.notMatch(html, never, what)
  }
})
