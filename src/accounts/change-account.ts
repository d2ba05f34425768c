import { record } from '../activity/record.ts'
import { amountTyped, DEFAULT_PRICES, pricesOf, type Prices } from '../charges/charge.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { Faster, NotAllowed, NotFound, Refused } from '../errors.ts'
import { takesPasskeys } from '../people/people.ts'
import { isLead, mayDecide, type Actor } from '../people/person.ts'
import { NO_TIMES, type Policy, type Shape, type Texts } from './account.ts'
import { CHECK_KINDS, DEFAULT_CHECK_RULES, levelOf, type CheckRules } from './check-rules.ts'
import { TEMPLATE_KINDS, templateOf, type OwnTemplates, type TemplateKind } from './post-templates.ts'
import { questionsOf } from './reflection-questions.ts'
import { ownDaysInWords } from './days-form.ts'
import { planningOf, type Planning } from './planning.ts'
import { briefingOf } from './briefing.ts'
import { keepHouseRules } from './house-rules.ts'
import { changeAccountRow, findAccount, findAccountByHandle, type Account } from './store.ts'

/** One part of what holds for an account, as its leads change it. */
export type AccountChange =
  | { section: 'identity'; to: Pick<Account, 'name' | 'handle' | 'hashtag'> }
  | { section: 'shape'; to: Shape & { timeZone: string } }
  | { section: 'policy'; to: Omit<Policy, keyof LiveRules | keyof PlanRules | keyof AskingRules> }
  | { section: 'plan'; to: PlanRules }
  | { section: 'asking'; to: AskingRules }
  | { section: 'live'; to: LiveRules }
  | { section: 'checks'; to: { checkRules: CheckRules } }
  | { section: 'prices'; to: Prices }
  | { section: 'budget'; to: { monthlyBudget: number | null } }
  | { section: 'texts'; to: Texts }
  | { section: 'templates'; to: Record<TemplateKind, string> }
  | { section: 'reflection'; to: { reflectionQuestions: string[] | null } }
  | { section: 'briefing'; to: { briefing: string[] } }
  | { section: 'signing-in'; to: { passkeyForLeads: boolean } }
  | { section: 'planning'; to: { planning: Planning } }

/** What of the policy concerns live posts, and has a form of its own. */
type LiveRules = Pick<Policy, 'live' | 'liveStopMinutes'>
/** What of it concerns the plan of a week. */
type PlanRules = Pick<Policy, 'gapMinutes' | 'suggestedTimes'>

/** What of it concerns people who ask for a week. */
type AskingRules = Pick<Policy, 'asking' | 'askingMonths'>

export type AccountSection = AccountChange['section']

/** They say what goes out without a person's decision. */
const RULES: readonly AccountSection[] = ['policy', 'live', 'checks']

/**
 * Makes a change of what goes out without a decision, and sees to what waits by the rules before it: a step of the room that
 * knows of drafts. Says what became of that, in sentences.
 */
export type HeedRules = (
  tx: Writer,
  by: Omit<Changing, 'version' | 'change'>,
  change: () => Promise<void>,
) => Promise<Heeded>

export interface Heeded {
  said: string[]
  link: { href: string; label: string } | null
}

interface Changing {
  accountId: string
  version: number
  change: AccountChange
  actor: Actor
  now: Date
  machineNow: Date
  publicUrl: string
}

/** An account whose settings this person may see. @throws NotFound */
export async function findAccountFor(read: Reader, accountId: string, actor: Actor): Promise<Account> {
  const account = mayDecide(actor, accountId) ? await findAccount(read, accountId) : undefined
  if (!account) throw new NotFound()
  return account
}

/**
 * Changes one part. Booked weeks keep the shape and zone that they were booked with.
 * @throws NotFound, NotAllowed, Conflict when the account was changed meanwhile, Refused for a handle that is taken,
 *   or where leads could not sign in any more.
 */
export async function changeAccount(
  db: Database,
  { version, change, ...by }: Changing,
  heedRules: HeedRules,
): Promise<Heeded> {
  return db.write(async (tx) => {
    const account = await findAccountFor(tx, by.accountId, by.actor)
    if (!isLead(by.actor, by.accountId)) throw new NotAllowed('Only the account’s leads change it.')
    const make = () => changeSection(tx, account, { ...by, version, change })
    if (RULES.includes(change.section)) return heedRules(tx, by, make)
    await make()
    return { said: [], link: null }
  })
}

async function changeSection(
  tx: Writer,
  account: Account,
  { accountId, version, change, actor, now, publicUrl }: Changing,
): Promise<void> {
  if (change.section === 'identity') {
    const other = await findAccountByHandle(tx, change.to.handle)
    if (other && other.id !== accountId)
      throw new Refused({ handle: `@${change.to.handle} is another account here already.` })
  }
  if (change.section === 'signing-in' && change.to.passkeyForLeads && !takesPasskeys(publicUrl))
    throw new Refused({
      passkeyForLeads: `Browsers take passkeys only at an address with a name. This installation is at ${publicUrl}, so its leads could do nothing any more.`,
    })
  const before = sectionOf(account, change.section)
  const details = differences(
    before,
    sectionOf({ ...account, ...columnsOf(change, account, actor) }, change.section),
  )
  if (Object.keys(details).length === 0) return
  const changed = await changeAccountRow(tx, { id: accountId, version }, columnsOf(change, account, actor))
  if (!changed)
    throw new Faster(
      'Somebody changed the account since you opened the page. Please look again, then change it.',
    )
  if (change.section === 'texts')
    await keepHouseRules(tx, { accountId, text: change.to.houseRules, personId: actor.personId, now })
  await record(tx, {
    accountId,
    kind: 'account.changed',
    personId: actor.personId,
    details: { section: change.section, ...details },
    at: now,
  })
}

/** By the names of the form's fields. */
export type SectionValues = Record<string, string | number | boolean | (string | number)[]>

/** What the form of a section shows. */
export function sectionOf(account: Account, section: AccountSection): SectionValues {
  const { name, handle, hashtag, shape, timeZone, policy, texts, monthlyBudget } = account
  const rules = account.checkRules ?? DEFAULT_CHECK_RULES
  const { live, liveStopMinutes, gapMinutes, suggestedTimes, asking, askingMonths, ...decisions } = policy
  const sections: Record<AccountSection, SectionValues> = {
    identity: { name, handle, hashtag },
    shape: { ...shape, timeZone },
    policy: { ...decisions },
    plan: {
      gapMinutes,
      times: timesTyped(suggestedTimes.everyDay),
      ...Object.fromEntries(
        [1, 2, 3, 4, 5, 6, 7].map((day) => {
          const own = suggestedTimes.onDays[day]
          return [`times-${day}`, own === undefined ? '' : timesTyped(own) || NO_TIMES]
        }),
      ),
    },
    asking: { asking, askingMonths },
    live: { live, liveStopMinutes },
    checks: {
      ...Object.fromEntries(CHECK_KINDS.map((kind) => [kind, levelOf(rules, kind)])),
      secondApprover: rules.secondApprover,
    },
    prices: Object.fromEntries(
      Object.entries(pricesOf(account)).map(([name, value]) => [
        name,
        typeof value === 'number' ? amountTyped(value) : value,
      ]),
    ),
    budget: { monthlyBudget: monthlyBudget === null ? '' : amountTyped(monthlyBudget) },
    texts: { ...texts },
    templates: Object.fromEntries(TEMPLATE_KINDS.map((kind) => [kind, templateOf(account, kind).text])),
    reflection: { questions: questionsOf(account).join('\n') },
    briefing: { briefing: briefingOf(account).join('\n') },
    'signing-in': { passkeyForLeads: account.passkeyForLeads },
    planning: {
      nations: planningOf(account).nations,
      ownDays: ownDaysInWords(planningOf(account).ownDays),
      gapWeeks: planningOf(account).gapWeeks,
    },
  }
  return sections[section]
}

/** "9:00, 12:30" */
function timesTyped(times: string[]): string {
  return times.map((time) => time.replace(/^0/, '')).join(', ')
}

function columnsOf(change: AccountChange, account: Account, actor: Actor): Partial<Account> {
  const { policy } = account
  if (change.section === 'identity') return change.to
  if (
    change.section === 'policy' ||
    change.section === 'live' ||
    change.section === 'plan' ||
    change.section === 'asking'
  )
    return { policy: { ...policy, ...change.to } }
  if (change.section === 'checks' || change.section === 'signing-in') return change.to
  if (change.section === 'templates')
    return { postTemplates: ownTemplates(account, change.to, actor.personId) }
  if (change.section === 'texts') return { texts: change.to }
  if (change.section === 'planning') return change.to
  if (change.section === 'budget' || change.section === 'briefing' || change.section === 'reflection')
    return change.to
  // What is X's own list stays so: an account without prices of its own follows our defaults.
  if (change.section === 'prices') return { prices: isDefault(change.to) ? null : change.to }
  const { timeZone, ...shape } = change.to
  return { shape, timeZone }
}

/** Who words a template is its writer from then on; what they left as it was stays whose it was. */
function ownTemplates(
  account: Account,
  to: Record<TemplateKind, string>,
  wordedBy: string,
): OwnTemplates | null {
  const changed = TEMPLATE_KINDS.filter((kind) => to[kind] !== templateOf(account, kind).text)
  if (changed.length === 0) return account.postTemplates
  return {
    ...account.postTemplates,
    ...Object.fromEntries(changed.map((kind) => [kind, { text: to[kind], wordedBy }])),
  }
}

function isDefault(prices: Prices): boolean {
  return Object.entries(DEFAULT_PRICES).every(([name, value]) => prices[name as keyof Prices] === value)
}

/** For the record: "30 → 45"; of long texts only that they changed. */
function differences(before: object, after: object): Record<string, string> {
  const old = new Map(Object.entries(before).map(([name, value]) => [name, String(value)]))
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(after)) {
    const from = old.get(name) ?? ''
    const to = String(value)
    if (from === to) continue
    found[name] = from.length + to.length > 120 ? 'changed' : `${from || 'nothing'} → ${to || 'nothing'}`
  }
  return found
}
