import fc from 'fast-check'
import t from 'tap'
import { differences, type Marked } from '../../src/drafts/differences.ts'

const shown = (side: Marked[]) => side.map(({ text, only }) => (only ? `[${text}]` : text)).join('')

t.test('what only one of two versions has', (t) => {
  const cases: [one: string, other: string, markedOne: string, markedOther: string][] = [
    ['the same', 'the same', 'the same', 'the same'],
    ['a bed and a ward', 'a ward', 'a [bed and a] ward', 'a ward'],
    ['check them out', 'check both out', 'check [them] out', 'check [both] out'],
    ['out loud.', 'out loud. Then the next.', 'out loud.', 'out loud. [Then the next.]'],
    ['', 'new', '', '[new]'],
    ['two\nlines', 'two lines', 'two\n[lines]', 'two [lines]'],
  ]
  for (const [one, other, markedOne, markedOther] of cases) {
    const marked = differences(one, other)
    t.same([shown(marked.one), shown(marked.other)], [markedOne, markedOther])
  }
  const long = 'word '.repeat(2000)
  t.equal(differences(long, 'word').one.length, 1, 'a very long text is not compared word by word')
  t.end()
})

t.test('nothing of either version goes missing', (t) => {
  const text = fc
    .array(fc.constantFrom('a', 'bed', 'ward', ' ', '\n', '  '), { maxLength: 30 })
    .map((all) => all.join(''))
  fc.assert(
    fc.property(text, text, (one, other) => {
      const marked = differences(one, other)
      const joined = (side: Marked[]) => side.map((stretch) => stretch.text).join('')
      if (joined(marked.one) !== one || joined(marked.other) !== other) throw new Error('Not the text.')
    }),
  )
  t.end()
})
