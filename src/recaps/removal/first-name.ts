import { wordsOfName } from '../../listening/forgotten.ts'

/** Stands before a name, or begins one that is nobody's. */
const NOT_FIRST = new Set(
  'a an and dame doctor dr her his just lady lord miss mr mrs ms my our prof professor revd sir sister the their your'.split(
    ' ',
  ),
)

/** First names that are words of every day, too. */
const EVERYDAY = new Set(
  (
    'amber april art autumn bill bob brook chase cliff crystal daisy dawn dean don drew faith frank gene glen grace guy ' +
    'hazel heather holly hope iris ivy jack jay joy june lance lily mark max may miles misty nick olive page pat pearl ' +
    'penny peter poppy ray rich rob robin rose ruby sandy sky star sue summer victor violet ward will wren'
  ).split(' '),
)

/**
 * By what others speak of somebody without their whole name ("Thanks, Carys"); null where a name tells none. An everyday word is
 * somebody's name only with a capital letter.
 */
export function firstNameOf(name: string): { words: string; needsCapital: boolean } | null {
  const all = wordsOfName(name)
  const first = all.find((word) => !NOT_FIRST.has(word.toLowerCase())) ?? ''
  if (all.length < 2 || !/^\p{Lu}/u.test(first)) return null
  return { words: first, needsCapital: EVERYDAY.has(first.toLowerCase()) }
}
