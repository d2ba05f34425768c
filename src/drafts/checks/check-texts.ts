import type { Account } from '../../accounts/accounts.ts'
import type { CheckKind } from '../../accounts/check-rules.ts'
import type { Reader } from '../../db/database.ts'
import type { DraftImage } from '../draft.ts'
import { grouped } from '../shared-reads.ts'
import { MOST_CHARACTERS } from '../weight.ts'
import { whyRefused, withAnswers, wordsOf, type SeenFinding } from './check-draft.ts'
import { checkWords } from './check-words.ts'
import type { SeenContext } from './finding-check.ts'
import { answersInAccount, answersOfDrafts, IN_ACCOUNT } from './store.ts'

/** The checks that guard people, wherever something is written that comes onto a public page. The others are about posts. */
const GUARDING: ReadonlySet<CheckKind> = new Set<CheckKind>([
  'nhs-number',
  'date-of-birth',
  'hospital-number',
  'phone-number',
  'email-address',
  'post-code',
  'people-in-picture',
])

export interface CheckedText {
  text: string
  images?: DraftImage[]
}

export interface CheckedTexts {
  /** Of each text, in their order. */
  findings: SeenFinding[][]
  context: SeenContext
}

/**
 * Step: what the account's checks that guard people find in texts that are no post, with what was answered in any of these scopes.
 */
export async function checkTexts(
  read: Reader,
  account: Account,
  { scopes, texts, now }: { scopes: string[]; texts: CheckedText[]; now: Date },
): Promise<CheckedTexts> {
  const words = wordsOf(account, [])
  const found = texts.map(({ text, images = [] }) =>
    checkWords(
      { parts: stretches(text).map((stretch, at) => ({ text: stretch, images: at === 0 ? images : [] })) },
      words,
    ).filter(({ kind }) => GUARDING.has(kind)),
  )
  const keys = found.flat().map(({ key }) => key)
  const answers = grouped(
    keys.length === 0
      ? []
      : [...(await answersOfDrafts(read, scopes)), ...(await answersInAccount(read, account.id, keys))],
    ({ scope }) => scope,
  )
  const all = [...scopes, IN_ACCOUNT].flatMap((scope) => answers.get(scope) ?? [])
  const by = { answers: all, zone: account.timeZone, now }
  return {
    findings: found.map((findings) => withAnswers(findings, words, by).findings),
    context: withAnswers([], words, by).context,
  }
}

/** The checks look at so many characters at once. What stands where two of these meet is whole in one of them. */
function stretches(text: string): string[] {
  const meet = 200
  const all: string[] = []
  for (let from = 0; from === 0 || from + meet < text.length; from += MOST_CHARACTERS - meet)
    all.push(text.slice(from, from + MOST_CHARACTERS))
  return all
}

/** Why a text may not go out as it stands; null when it may. `where` says where its checks are answered. */
export function whyTextRefused(findings: readonly SeenFinding[], where: string): string | null {
  for (const finding of findings) {
    const why = whyRefused(finding)
    if (why) return why.replace('under “Checks”', where)
  }
  return null
}
