/**
 * Whether two names may be one person's: the same words but for capitals, accents, titles and order, or the same last name with an
 * initial where the other has a first name. "Dr Zoë O’Neill", "Z. ONeill" and "O'Neill, Zoe" may be.
 */
export function isNearName(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)]
  if (a.length < 2 || b.length < 2) return a.length > 0 && a.join(' ') === b.join(' ')
  if (a.toSorted().join(' ') === b.toSorted().join(' ')) return true
  const [first, otherFirst] = [a[0]!, b[0]!]
  return a.at(-1) === b.at(-1) && (isInitial(first, otherFirst) || isInitial(otherFirst, first))
}

function isInitial(short: string, long: string): boolean {
  return short.length === 1 && long.startsWith(short)
}

const TITLES = /^(dr|mr|mrs|ms|miss|mx|prof|professor|sir|dame|rev|sister|nurse)$/

function wordsOf(name: string): string[] {
  return name
    .normalize('NFD')
    .replace(/[\u0300-\u036f'’‘]/g, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !TITLES.test(word))
}
