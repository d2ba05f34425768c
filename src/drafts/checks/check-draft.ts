import { findAccount, type Account } from '../../accounts/accounts.ts'
import { DEFAULT_CHECK_RULES, isBinding, levelOf, type CheckLevel } from '../../accounts/check-rules.ts'
import type { Reader } from '../../db/database.ts'
import { listEvents, type Event } from '../../rota/weeks.ts'
import { momentInWords } from '../../calendar.ts'
import { partField, type Problems } from '../check-content.ts'
import type { DraftContent } from '../draft.ts'
import { firstWords } from '../first-words.ts'
import { grouped, once } from '../shared-reads.ts'
import { checkWords } from './check-words.ts'
import { eventsUntold } from './event-hashtag.ts'
import { keyOf, type Finding } from './finding.ts'
import type { SeenContext } from './finding-check.ts'
import { outsideOf } from './outside.ts'
import { saysMuchTheSame, wordingOf, type Wording } from './much-the-same.ts'
import {
  answersInAccount,
  answersOfDrafts,
  IN_ACCOUNT,
  missingOutside,
  MOST_BESIDE,
  textsPosted,
  textsWritten,
  type CheckAnswer,
  type LookUp,
} from './store.ts'

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
  return (await checkDrafts(read, draft.accountId, [draft], now))[0]!
}

/** As `checkDraft`, of several drafts of one account: what they share is read once. */
export async function checkDrafts(
  read: Reader,
  accountId: string,
  drafts: CheckedDraft[],
  now: Date,
): Promise<CheckedWords[]> {
  const account = (await findAccount(read, accountId))!
  const eventsOf = once((weekId) => listEvents(read, weekId))
  const missing = await missingOf(read, accountId, drafts)
  const othersOf = await textsBesideEach(read, account, drafts, now)
  const found: { draft: CheckedDraft; words: Words; findings: Finding[] }[] = []
  for (const draft of drafts) {
    const events = draft.weekId === null ? [] : await eventsOf(draft.weekId)
    const words = wordsOf(account, events)
    const findings = [
      ...checkWords(draft.content, words),
      ...(draft.replyTo === null ? eventFindings(draft, events, draft.wishedAt ?? now) : []),
      ...outsideFindings(draft, missing),
      ...sameFindings(draft, await othersOf(draft)),
    ].filter(({ kind }) => levelOf(words.rules, kind) !== 'off')
    found.push({ draft, words, findings })
  }
  const keys = found.flatMap(({ findings }) => findings.map(({ key }) => key))
  const answers = grouped(
    [
      ...(await answersOfDrafts(
        read,
        drafts.map(({ id }) => id),
      )),
      ...(await answersInAccount(read, accountId, keys)),
    ],
    ({ scope }) => scope,
  )
  const inAccount = answers.get(IN_ACCOUNT) ?? []
  return found.map(({ draft, words, findings }) => {
    const own = new Set(findings.map(({ key }) => key))
    const theirs = [...(answers.get(draft.id) ?? []), ...inAccount.filter(({ key }) => own.has(key))]
    return withAnswers(findings, words, { answers: theirs, zone: account.timeZone, now })
  })
}

type Words = Omit<SeenContext, 'answered'>

/** What the checks of the words have to know, which the browser may know too. */
export function wordsOf(account: Account, events: Pick<Event, 'hashtag'>[]): Words {
  return {
    rules: account.checkRules ?? DEFAULT_CHECK_RULES,
    known: knownOf(account),
    tags: [account.hashtag, ...events.map(({ hashtag }) => hashtag)].filter((tag) => tag !== ''),
  }
}

export function withAnswers(
  found: Finding[],
  words: Words,
  { answers, zone, now }: { answers: CheckAnswer[]; zone: string; now: Date },
): CheckedWords {
  const byKey = new Map(answers.map((answer) => [answer.key, answer]))
  return {
    findings: found.map((finding) => {
      const level = levelOf(words.rules, finding.kind)
      return { ...finding, level, answer: level === 'never' ? null : (byKey.get(finding.key) ?? null) }
    }),
    context: {
      ...words,
      answered: Object.fromEntries(
        answers.map((answer) => [answer.key, answerInWords(answer, { zone, now })]),
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

/** What else the account says, for those drafts that are compared with it: an answer may say again what was said. */
async function textsBesideEach(
  read: Reader,
  { id: accountId, checkRules }: Account,
  drafts: CheckedDraft[],
  now: Date,
): Promise<(draft: CheckedDraft) => Promise<{ text: string; wording: Wording }[]>> {
  const since = new Date(now.getTime() - SAME_WITHIN_DAYS * 86_400_000)
  const wordings = new Map<string, Wording>()
  const worded = (text: string) => {
    const wording = wordings.get(text) ?? wordingOf(text)
    wordings.set(text, wording)
    return { text, wording }
  }
  // Each of them may stand among the others.
  const most = MOST_BESIDE + drafts.length
  const isOff = levelOf(checkRules ?? DEFAULT_CHECK_RULES, 'much-the-same') === 'off'
  const posted = isOff ? [] : await textsPosted(read, { accountId, since, most })
  const writtenIn = once((weekId) =>
    textsWritten(read, { accountId, weekId: weekId === NO_WEEK ? null : weekId, since, most }),
  )
  return async ({ id, weekId, replyTo }) => {
    if (isOff || replyTo !== null) return []
    const written = await writtenIn(weekId ?? NO_WEEK)
    return [written, posted].flatMap((texts) =>
      texts
        .filter(({ draftId }) => draftId !== id)
        .slice(0, MOST_BESIDE)
        .flatMap((beside) => beside.texts.map(worded)),
    )
  }
}
const NO_WEEK = ''

/** A part that says much the same as a part of another draft. */
function sameFindings({ content }: CheckedDraft, others: { text: string; wording: Wording }[]): Finding[] {
  return content.parts.flatMap(({ text }, part): Finding[] => {
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

type Missing = Record<'link' | 'handle', Map<string, LookUp>>

/** What these drafts name, was asked about outside, and is not there; whatever was not asked yet is no finding. */
async function missingOf(read: Reader, accountId: string, drafts: CheckedDraft[]): Promise<Missing> {
  const named = drafts.map(({ content }) => outsideOf(content))
  const of = async (kind: 'link' | 'handle') => {
    const subjects = [...new Set(named.flatMap((one) => one[kind]))]
    const missing = await missingOutside(read, accountId, kind, subjects)
    return new Map(missing.map((lookUp) => [lookUp.subject, lookUp]))
  }
  return { link: await of('link'), handle: await of('handle') }
}

function outsideFindings({ content }: CheckedDraft, missing: Missing): Finding[] {
  const named = outsideOf(content)
  const of = (kind: 'link' | 'handle') =>
    named[kind].flatMap((subject) => {
      const lookUp = missing[kind].get(subject)
      return lookUp ? [lookUp] : []
    })
  const where = (words: string) => {
    const at = content.parts.findIndex(({ text }) => text.toLowerCase().includes(words.toLowerCase()))
    return { part: Math.max(at, 0), image: null, excerpt: words }
  }
  return [
    ...of('link').map(({ subject, detail }): Finding => ({
      kind: 'dead-link',
      ...where(subject),
      key: keyOf('dead-link', subject),
      title: 'A link does not work.',
      text: `${subject} ${detail}.`,
    })),
    ...of('handle').map(({ subject, detail }): Finding => ({
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
  for (const finding of findings) {
    const why = whyRefused(finding)
    if (!why) continue
    const { part, image } = finding
    problems[image === null ? partField(part, 'text') : partField(part, 'alt', image)] ??= why
  }
  return problems
}

/** Why what a check found keeps the words from going out; null where it does not. */
export function whyRefused({ level, answer, title }: SeenFinding): string | null {
  if (answer || !isBinding(level)) return null
  return level === 'never'
    ? `${title} Put it right first.`
    : `${title} Put it right, or answer it under “Checks”.`
}

/** A binding check was answered instead of put right. */
export function isOverridden(findings: SeenFinding[]): boolean {
  return findings.some(({ level, answer }) => level === 'answer' && answer !== null)
}
