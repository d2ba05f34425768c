/** Whether two names are the same words but for capitals, accents, titles and order. */
export function isSameName(one: string, other: string): boolean {
  const inOrder = (name: string) => wordsOf(name).toSorted().join(' ')
  return inOrder(one) !== '' && inOrder(one) === inOrder(other)
}

/**
 * Whether two names may be one person's: the same words but for capitals, accents, titles and order, or the same last name with an
 * initial where the other has a first name. "Dr Zoë O’Neill", "Z. ONeill" and "O'Neill, Zoe" may be. So may names of which one word
 * differs by a slip of the pen, "Tom Garside" and "Tom Garsyde".
 */
export function isNearName(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)]
  if (a.length < 2 || b.length < 2) return a.length > 0 && a.join(' ') === b.join(' ')
  if (isSameName(one, other)) return true
  if (isSlip(a, b)) return true
  const [first, otherFirst] = [a[0]!, b[0]!]
  return a.at(-1) === b.at(-1) && (isInitial(first, otherFirst) || isInitial(otherFirst, first))
}

/** One word of them is another one, by a slip. */
function isSlip(one: string[], other: string[]): boolean {
  if (one.length !== other.length) return false
  const different = one.flatMap((word, at) => (word === other[at] ? [] : [[word, other[at]!] as const]))
  return different.length === 1 && isSlipOf(...different[0]!)
}

/** Shorter words are other names by then: Tom and Tim, Jane and June. */
const LONG_ENOUGH = 5

/** A letter more, less or another one, or two that changed places. */
function isSlipOf(one: string, other: string): boolean {
  if (Math.max(one.length, other.length) < LONG_ENOUGH) return false
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  const [rest, otherRest] = [one.slice(at), other.slice(at)]
  return (
    rest.slice(1) === otherRest.slice(1) ||
    rest.slice(1) === otherRest ||
    rest === otherRest.slice(1) ||
    (rest.slice(2) === otherRest.slice(2) && rest[0] === otherRest[1] && rest[1] === otherRest[0])
  )
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
