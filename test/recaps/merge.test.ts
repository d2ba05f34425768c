import fc from 'fast-check'
import t from 'tap'
import { untouched, type Block, type GeneratedBlock } from '../../src/recaps/block.ts'
import { mergeBlocks } from '../../src/recaps/story/merge.ts'

const post = (id: string): GeneratedBlock => ({ kind: 'post', source: `post:${id}`, content: {} })
type Done = Partial<Pick<Block, 'hidden' | 'pinned' | 'byPerson' | 'away' | 'choices'>>
const kept = (id: string, change: Done = {}): Block => ({ ...untouched(post(id)), ...change })
const text = (id: string): Block => ({
  kind: 'text',
  source: `text:${id}`,
  content: { text: id },
  hidden: false,
  pinned: false,
  byPerson: true,
  away: false,
  choices: {},
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
    ['what somebody hid waits, should it come back', [kept('a', { hidden: true }), kept('b')], 'b', 'a b'],
    [
      'nothing comes between a pinned piece and the one before it',
      [kept('a'), kept('d', { pinned: true }), kept('c')],
      'a b c d',
      'a d b c',
    ],
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
    ...untouched({ kind: 'day', source: 'day:1', content: { heading } }),
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

t.test('a piece that is gone waits unseen, and comes back as people left it', async (t) => {
  const gone = mergeBlocks(
    [kept('a', { hidden: true, choices: { without: ['kettle'] } }), kept('b')],
    [post('b')],
  )
  t.match(gone[0], { source: 'post:a', away: true, hidden: true })
  const back = mergeBlocks(gone, [post('a'), post('b')])
  t.match(back[0], { source: 'post:a', away: false, hidden: true, choices: { without: ['kettle'] } })
})

const id = fc.integer({ min: 0, max: 30 }).map(String)
const generatedStory = fc.uniqueArray(id, { maxLength: 20 }).map((ids) => ids.map(post))

/** What somebody does to the story, at a place in it that is taken modulo its length. */
const edit = fc.record({
  what: fc.constantFrom('hide', 'show', 'pin', 'reword', 'choose', 'move', 'write', 'remove', 'back'),
  at: fc.nat(),
  to: fc.nat(),
})

t.test('generated anew a hundred times between people’s edits, it keeps every one of them', async () => {
  const week = fc.array(fc.tuple(generatedStory, fc.array(edit, { maxLength: 3 })), {
    minLength: 100,
    maxLength: 100,
  })
  fc.assert(
    fc.property(week, (days) => {
      let story: Block[] = []
      let written = 0
      /** As history keeps them. */
      const states: Block[][] = []
      for (const [generated, edits] of days) {
        for (const one of edits) {
          const earlier = one.what === 'back' ? states[one.at % Math.max(1, states.length)] : undefined
          if (earlier) {
            story = mergeBlocks(earlier, generated)
            keepsAll(earlier, story, generated)
          } else story = edited(story, one, `word ${(written += 1)}`)
          states.push(story)
        }
        const before = story
        story = mergeBlocks(before, generated)
        keepsAll(before, story, generated)
      }
    }),
    { numRuns: 30 },
  )
})

function edited(
  story: Block[],
  { what, at, to }: { what: string; at: number; to: number },
  word: string,
): Block[] {
  const block = story[at % story.length]
  const place = to % (story.length + 1)
  if (what === 'write') return story.toSpliced(place, 0, text(word))
  if (!block) return story
  const index = story.indexOf(block)
  const changed = (change: Partial<Block>) => story.with(index, { ...block, ...change } as Block)
  switch (what) {
    case 'hide':
      return changed({ hidden: true })
    case 'show':
      return changed({ hidden: false })
    case 'pin':
      return changed({ pinned: !block.pinned })
    case 'reword':
      return changed({ content: { heading: word }, byPerson: true })
    case 'choose':
      return changed({ choices: { without: [word] } })
    case 'move':
      return story.toSpliced(index, 1).toSpliced(place, 0, block)
    default:
      return block.kind === 'text' ? story.toSpliced(index, 1) : story
  }
}

function keepsAll(before: Block[], after: Block[], generated: GeneratedBlock[]): void {
  const of = (blocks: readonly { source: string }[]) => blocks.map((block) => block.source)
  const wanted = new Set(of(generated))
  const left = new Map(after.map((block) => [block.source, block]))
  same(left.size, after.length, 'each piece stands once')
  for (const source of wanted) same(left.get(source)?.away, false, `${source} stands`)

  const touched = before.filter(
    ({ kind, hidden, pinned, byPerson, choices }) =>
      kind === 'text' || hidden || pinned || byPerson || Object.keys(choices).length > 0,
  )
  for (const block of touched) {
    const { away: _before, ...people } = block
    const { away, ...now } = left.get(block.source)!
    same(now, people, 'as people left it')
    same(away, block.kind !== 'text' && !wanted.has(block.source), 'away while it does not stand')
  }
  const survivors = of(before).filter((source) => left.has(source))
  const known = new Set(survivors)
  same(
    of(after).filter((source) => known.has(source)),
    survivors,
    'people’s order stays',
  )
  for (const [index, block] of after.entries()) {
    const previous = after[index - 1]?.source
    if ((block.pinned || block.kind === 'text') && previous !== undefined && index > 0) {
      const was = before[of(before).indexOf(block.source) - 1]
      if (was && left.has(was.source))
        same(previous, was.source, 'nothing comes before a pinned or written piece')
    }
  }
  same(mergeBlocks(after, generated), after, 'a second generation changes nothing')
}

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
