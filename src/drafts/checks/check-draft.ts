import { findAccount, type Account } from '../../accounts/accounts.ts'
import { DEFAULT_CHECK_RULES, isBinding, levelOf, type CheckLevel } from '../../accounts/check-rules.ts'
import type { Reader } from '../../db/database.ts'
import { listEvents } from '../../rota/weeks.ts'
import { momentInWords } from '../../calendar.ts'
import { partField, type Problems } from '../check-content.ts'
import type { DraftContent } from '../draft.ts'
import { firstWords } from '../first-words.ts'
import { checkWords } from './check-words.ts'
import { eventsUntold } from './event-hashtag.ts'
import { keyOf, type Finding } from './finding.ts'
import type { SeenContext } from './finding-check.ts'
import { outsideOf } from './outside.ts'
import { saysMuchTheSame, wordingOf } from './much-the-same.ts'
import { answersFor, answersOfDraft, missingOutside, textsBeside, type CheckAnswer } from './store.ts'

/** As much of a draft as the checks look at. */
export interface CheckedDraft {
  id: string
  accountId: string
  weekId: string | null
  content: DraftContent
  wishedAt: Date | null
  replyTo: string | null
}

export interface SeenFinding extends Finding {
  level: CheckLevel
  answer: CheckAnswer | null
}

export interface CheckedWords {
  findings: SeenFinding[]
  /** What the editor needs to say the same while somebody types. */
  context: SeenContext
}

/**
 * Step: everything that the account's checks find in a draft as it stands, with what was answered. Without look-ups
 * outside: what these found is read from where it was kept.
 */
export async function checkDraft(read: Reader, draft: CheckedDraft, now: Date): Promise<CheckedWords> {
  const account = (await findAccount(read, draft.accountId))!
  const rules = account.checkRules ?? DEFAULT_CHECK_RULES
  const events = draft.weekId === null ? [] : await listEvents(read, draft.weekId)
  const words = {
    rules,
    known: knownOf(account),
    tags: [account.hashtag, ...events.map(({ hashtag }) => hashtag)].filter((tag) => tag !== ''),
  }
  const found = [
    ...checkWords(draft.content, words),
    ...(draft.replyTo === null ? eventFindings(draft, events, draft.wishedAt ?? now) : []),
    ...(await outsideFindings(read, draft)),
    ...(levelOf(rules, 'much-the-same') === 'off' || draft.replyTo !== null
      ? []
      : await sameFindings(read, draft, now)),
  ].filter(({ kind }) => levelOf(rules, kind) !== 'off')
  const keys = found.map(({ key }) => key)
  const answers = [
    ...(await answersOfDraft(read, draft.id)),
    ...(await answersFor(read, { accountId: draft.accountId, draftId: draft.id, keys })),
  ]
  const byKey = new Map(answers.map((answer) => [answer.key, answer]))
  return {
    findings: found.map((finding) => {
      const level = levelOf(rules, finding.kind)
      return { ...finding, level, answer: level === 'never' ? null : (byKey.get(finding.key) ?? null) }
    }),
    context: {
      ...words,
      answered: Object.fromEntries(
        answers.map((answer) => [answer.key, answerInWords(answer, { zone: account.timeZone, now })]),
      ),
    },
  }
}

/** Whatever the account says in public: how to reach it must not be a finding. */
function knownOf({ texts }: Account): string {
  return Object.values(texts).join('\n')
}

function eventFindings(
  { content }: CheckedDraft,
  events: Parameters<typeof eventsUntold>[1],
  at: Date,
): Finding[] {
  const texts = content.parts.map(({ text }) => text)
  return eventsUntold(texts, events, at).map(({ name, hashtag }) => ({
    kind: 'event-hashtag',
    part: 0,
    image: null,
    excerpt: hashtag,
    key: keyOf('event-hashtag', hashtag),
    title: `${hashtag} is not in it.`,
    text: `It goes out during “${name}”, and people there follow that hashtag.`,
  }))
}

/** Weeks of the account's posts among which a text is looked for. */
const SAME_WITHIN_DAYS = 28

/** A part that says much the same as a part of another draft: an answer may say again what was said. */
async function sameFindings(read: Reader, draft: CheckedDraft, now: Date): Promise<Finding[]> {
  const since = new Date(now.getTime() - SAME_WITHIN_DAYS * 86_400_000)
  const others = (await textsBeside(read, draft, since)).map((text) => ({ text, wording: wordingOf(text) }))
  return draft.content.parts.flatMap(({ text }, part): Finding[] => {
    const wording = wordingOf(text)
    const same = others.find((other) => saysMuchTheSame(wording, other.wording))
    if (!same) return []
    const words = firstWords({ parts: [{ text: same.text, images: [] }] }, 100)
    return [
      {
        kind: 'much-the-same',
        part,
        image: null,
        excerpt: words,
        key: keyOf('much-the-same', words),
        title: 'The account says much the same elsewhere.',
        text: `“${words}”`,
      },
    ]
  })
}

/** What was asked outside, and is not there; whatever was not asked yet is no finding. */
async function outsideFindings(read: Reader, { accountId, content }: CheckedDraft): Promise<Finding[]> {
  const { link, handle } = outsideOf(content)
  const where = (words: string) => {
    const at = content.parts.findIndex(({ text }) => text.toLowerCase().includes(words.toLowerCase()))
    return { part: Math.max(at, 0), image: null, excerpt: words }
  }
  return [
    ...(await missingOutside(read, accountId, 'link', link)).map(({ subject, detail }): Finding => ({
      kind: 'dead-link',
      ...where(subject),
      key: keyOf('dead-link', subject),
      title: 'A link does not work.',
      text: `${subject} ${detail}.`,
    })),
    ...(await missingOutside(read, accountId, 'handle', handle)).map(({ subject, detail }): Finding => ({
      kind: 'unknown-handle',
      ...where(`@${subject}`),
      key: keyOf('unknown-handle', subject),
      title: `@${subject} ${detail}.`,
      text: 'Look at how they write themselves: a wrong handle names a stranger.',
    })),
  ]
}

/** "Joseph Adeyemi, today 9:40: “They agreed.”" */
function answerInWords(
  { personName, words, at }: CheckAnswer,
  { zone, now }: { zone: string; now: Date },
): string {
  return `${personName}, ${momentInWords(at, now, zone)}: “${words}.”`
}

/** What keeps a draft from being submitted and approved, by the editor's fields. */
export function whyChecksRefuse(findings: SeenFinding[]): Problems {
  const problems: Problems = {}
  for (const { level, answer, part, image, title } of findings) {
    if (answer || !isBinding(level)) continue
    const field = image === null ? partField(part, 'text') : partField(part, 'alt', image)
    problems[field] ??=
      level === 'never'
        ? `${title} Put it right first.`
        : `${title} Put it right, or answer it under “Checks”.`
  }
  return problems
}

/** A binding check was answered instead of put right. */
export function isOverridden(findings: SeenFinding[]): boolean {
  return findings.some(({ level, answer }) => level === 'answer' && answer !== null)
}
