/** A stretch of a text; marked where only this one of two versions has it. */
export interface Marked {
  text: string
  only?: true
}

/** Words beyond this many are not compared one by one: the whole text is marked then. */
const MOST_WORDS = 1500

/** Two versions of a text, each cut into what both have and what only it has, word by word. */
export function differences(one: string, other: string): { one: Marked[]; other: Marked[] } {
  const a = wordsOf(one)
  const b = wordsOf(other)
  if (a.length > MOST_WORDS || b.length > MOST_WORDS)
    return { one: [{ text: one, only: true }], other: [{ text: other, only: true }] }
  const common = commonLengths(a, b)
  const marked = { one: [] as Marked[], other: [] as Marked[] }
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add(marked.one, a[i++]!, false)
      add(marked.other, b[j++]!, false)
    } else if (j >= b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      add(marked.one, a[i++]!, true)
    } else {
      add(marked.other, b[j++]!, true)
    }
  }
  return marked
}

/** A stretch of a text that came or went between two versions, or stayed. */
export interface Changed {
  text: string
  change?: 'came' | 'went'
}

/** What became of a text, in one piece: what went stands before what came in its place. */
export function changesBetween(was: string, is: string): Changed[] {
  const a = wordsOf(was)
  const b = wordsOf(is)
  if (a.length > MOST_WORDS || b.length > MOST_WORDS)
    return [
      { text: was, change: 'went' },
      { text: is, change: 'came' },
    ]
  const common = commonLengths(a, b)
  const changes: Changed[] = []
  const add = (text: string, change?: 'came' | 'went') => {
    const last = changes.at(-1)
    if (last && last.change === change) last.text += text
    else changes.push(change ? { text, change } : { text })
  }
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add(a[i++]!)
      j++
    } else if (j >= b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!))
      add(a[i++]!, 'went')
    else add(b[j++]!, 'came')
  }
  return changes
}

/** Words with the blanks before them, so that put together they are the text. */
function wordsOf(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? []
}

/** `[i][j]`: how many words the longest common sequence of `a` from `i` and `b` from `j` has. */
function commonLengths(a: string[], b: string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i]![j] =
        a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!)
    }
  }
  return lengths
}

function add(marked: Marked[], text: string, only: boolean): void {
  const last = marked.at(-1)
  if (last && Boolean(last.only) === only) {
    last.text += text
  } else if (only) {
    const blanks = /^\s*/.exec(text)![0]
    if (last) last.text += blanks
    else if (blanks) marked.push({ text: blanks })
    if (blanks !== text) marked.push({ text: text.slice(blanks.length), only: true })
  } else marked.push({ text })
}
