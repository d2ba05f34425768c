import fc from 'fast-check'
import t from 'tap'
import { mergeBlocks, type GeneratedBlock } from '../../src/recaps/merge.ts'
import type { Block } from '../../src/recaps/recap.ts'

const post = (id: string): GeneratedBlock => ({ kind: 'post', source: `post:${id}`, content: {} })
const kept = (id: string, change: Partial<Block> = {}): Block => ({
  ...post(id),
  hidden: false,
  byPerson: false,
  ...change,
})
const text = (id: string): Block => ({
  kind: 'text',
  source: `text:${id}`,
  content: { text: id },
  hidden: false,
  byPerson: true,
})
const sources = (blocks: Block[]) => blocks.map((block) => block.source.split(':')[1]).join(' ')

t.test('where things come to stand', async (t) => {
  const cases: [name: string, existing: Block[], generated: string, expected: string][] = [
    ['a first story', [], 'a b', 'a b'],
    ['a new post comes between', [kept('a'), kept('c')], 'a b c', 'a b c'],
    ['a new first post', [kept('b')], 'a b', 'a b'],
    [
      'behind the text that belongs to the post before',
      [kept('a'), text('x'), kept('c')],
      'a b c',
      'a x b c',
    ],
    ['what was taken down goes', [kept('a'), kept('b'), text('x')], 'b', 'b x'],
    ['people’s order stays', [kept('c'), kept('a'), kept('b')], 'a b c', 'c a b'],
    [
      'a moved post draws nothing after it',
      [kept('a'), kept('c'), kept('d'), kept('b')],
      'a b n c d',
      'a n c d b',
    ],
  ]
  for (const [name, existing, generated, expected] of cases)
    t.equal(sources(mergeBlocks(existing, generated.split(' ').map(post))), expected, name)
})

t.test('a person’s heading stays, the generator’s own is made anew', async (t) => {
  const day = (heading: string, byPerson: boolean): Block => ({
    kind: 'day',
    source: 'day:1',
    content: { heading },
    hidden: false,
    byPerson,
  })
  const generated: GeneratedBlock[] = [{ kind: 'day', source: 'day:1', content: { heading: '5 posts' } }]
  t.equal(mergeBlocks([day('4 posts', false)], generated)[0]!.content.heading, '5 posts')
  t.equal(mergeBlocks([day('Boots off', true)], generated)[0]!.content.heading, 'Boots off')
})

t.test('a post that became a thread is still the same block', async (t) => {
  const [block] = mergeBlocks([kept('a', { hidden: true })], [{ ...post('a'), kind: 'thread' }])
  t.match(block, { kind: 'thread', hidden: true })
})

const id = fc.integer({ min: 0, max: 30 }).map(String)
const generatedStory = fc.uniqueArray(id, { maxLength: 20 }).map((ids) => ids.map(post))
const editedStory = fc
  .uniqueArray(
    fc.oneof(
      fc.record({ id, hidden: fc.boolean(), byPerson: fc.boolean() }).map((block) => kept(block.id, block)),
      id.map(text),
    ),
    { maxLength: 25, selector: (block) => block.source },
  )
  .map((blocks) =>
    blocks.map(({ kind, source, content, hidden, byPerson }) => ({
      kind,
      source,
      content,
      hidden,
      byPerson,
    })),
  )

t.test('for every story and every generation', async () => {
  fc.assert(
    fc.property(editedStory, generatedStory, (existing, generated) => {
      const story = mergeBlocks(existing, generated)
      const wanted = new Set(generated.map((block) => block.source))
      const survivors = existing.filter((block) => block.kind === 'text' || wanted.has(block.source))

      const of = (blocks: Block[]) => blocks.map((block) => block.source)
      const survived = new Set(of(survivors))
      same(of(story.filter((b) => survived.has(b.source))), of(survivors), 'people’s blocks keep their order')
      same(of(story).toSorted(), [...new Set([...survived, ...wanted])].toSorted(), 'each source stands once')
      same(mergeBlocks(story, generated), story, 'a second generation changes nothing')
      const before = new Map(existing.map((block) => [block.source, block]))
      for (const block of story) {
        same(block.hidden, before.get(block.source)?.hidden ?? false, 'hidden stays hidden')
        if (block.kind === 'text') same(block, before.get(block.source), 'words stay')
      }
    }),
  )
})

t.test('a story that nobody moved stands in the order of time', async () => {
  const inOrder = generatedStory.chain((generated) =>
    fc.subarray(generated).map((blocks) => ({
      generated,
      existing: blocks.map((block) => kept(block.source.slice('post:'.length))),
    })),
  )
  fc.assert(
    fc.property(inOrder, ({ existing, generated }) => {
      same(
        mergeBlocks(existing, generated).map((b) => b.source),
        generated.map((b) => b.source),
        'as generated',
      )
    }),
  )
})

/** Throws, as fast-check wants it. */
function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: ${a} is not ${b}`)
}
