import { createHash, randomUUID } from 'node:crypto'
import type { Database, Writer } from '../../db/database.ts'
import { whyNotApprove } from '../../drafts/decision.ts'
import type { VerdictKind } from '../../drafts/draft.ts'
import { canonicalJson } from '../../drafts/freeze.ts'
import { Faster, NotAllowed, Refused } from '../../errors.ts'
import { queueMail } from '../../mail/outbox.ts'
import { findPerson } from '../../people/people.ts'
import { mayDecide, type Actor } from '../../people/person.ts'
import { generateRecap } from '../story/generate-recap.ts'
import { lastChangeByPerson } from '../history/revisions-store.ts'
import { publishByItself, publishesItself } from '../publish-by-itself.ts'
import { checkReflection, whyReflectionRefused } from './check-reflection.ts'
import { findReflectionPlace, note, type ReflectionPlace } from './reflect.ts'
import { answered, reflectionSource, reflectionText, type FrozenReflection } from './reflection.ts'
import { changeReflection, insertReflectionDecision, type Reflection } from './reflections-store.ts'
import { changeStory } from '../editor/change-story.ts'
import { findRecap, listBlocks, type KeptBlock, type Recap } from '../store.ts'
import { weekFacts, type WeekFacts } from '../story/week-facts.ts'

/** Of a decision's comment, in characters. */
export const LONGEST_COMMENT = 2_000

/** What somebody approves who approves it now. */
export function freezeReflection(
  { account, host }: ReflectionPlace,
  { answers }: Reflection,
): FrozenReflection {
  return { account: account.id, weekHost: host.id, writer: host.name, answers: answered(answers) }
}

/** SHA-256 of the canonical JSON, in hex. */
export function reflectionFingerprint(frozen: FrozenReflection): string {
  return createHash('sha256').update(canonicalJson(frozen)).digest('hex')
}

/**
 * Decides what a host said of their week; they are told. What is approved comes into the story, in the place of what was
 * approved before. Says what that means for the public page.
 * @throws Conflict when it reads differently by now or was decided; NotAllowed for the host's own words where the account asks for
 *   two people; Refused without a comment where one is needed.
 */
export async function decideReflection(
  db: Database,
  decision: {
    weekId: string
    kind: VerdictKind
    /** Of what the person read; the form carries it. */
    fingerprint: string
    comment: string
    actor: Actor
    now: Date
    machineNow: Date
    publicUrl: string
  },
): Promise<{ page: PageAfter }> {
  const { weekId, kind, actor, now } = decision
  const comment = decision.comment.trim()
  return db.write(async (tx) => {
    const place = await findReflectionPlace(tx, weekId, actor)
    const { account, host, reflection } = place
    if (!mayDecide(actor, account.id))
      throw new NotAllowed('This is decided by the account’s leads and approvers.')
    if (kind !== 'approved' && comment === '')
      throw new Refused({ comment: 'Say why: it is what the host reads.' })
    if (comment.length > LONGEST_COMMENT)
      throw new Refused({ comment: `This has more than ${LONGEST_COMMENT} characters.` })
    if (reflection?.state !== 'submitted') throw new Faster('It does not wait for a decision any more.')
    const frozen = freezeReflection(place, reflection)
    if (reflectionFingerprint(frozen) !== decision.fingerprint)
      throw new Faster('It reads differently by now. Please read it once more.')
    if (kind === 'approved') {
      const [found] = Object.values(
        whyReflectionRefused(
          await checkReflection(tx, place, { answers: frozen.answers, now }),
          frozen.answers,
        ),
      )
      if (found) throw new Refused({ comment: `${found} It can’t be approved so: ask the host to.` })
    }
    const ownWork = host.personId === actor.personId
    const whyNot =
      kind === 'approved' ? whyNotApprove({ ownWork, selfApproval: account.policy.selfApproval }) : null
    if (whyNot) throw new NotAllowed(whyNot)
    const decided = await changeReflection(tx, reflection, ['submitted'], {
      state: kind,
      changedAt: now,
      ...(kind === 'approved' ? { approved: frozen.answers } : {}),
    })
    if (!decided) throw new Faster('Somebody was faster. Please look again.')
    await insertReflectionDecision(tx, {
      id: randomUUID(),
      weekHostId: host.id,
      kind,
      personId: actor.personId,
      ownWork,
      comment,
      fingerprint: decision.fingerprint,
      frozen: canonicalJson(frozen),
      at: now,
    })
    await note(tx, place, `reflection.${kind}`, { actor, now, details: { ownWork } })
    if (!ownWork) await tellHost(tx, place, { ...decision, comment })
    return { page: kind === 'approved' ? await intoStory(tx, place, frozen, decision) : 'as-it-should-be' }
  })
}

/** Of the public page: nothing is left to do, a lead has to publish it, or it has them as soon as who is at the story has paused. */
export type PageAfter = 'as-it-should-be' | 'for-a-lead' | 'soon'

/** Puts approved words into the story. Where the account's policy published it, its page has them at once. */
async function intoStory(
  tx: Writer,
  { week, host }: ReflectionPlace,
  { answers, writer }: FrozenReflection,
  at: { actor: Actor; now: Date; machineNow: Date; publicUrl: string },
): Promise<PageAfter> {
  const facts = await weekFacts(tx, week)
  const recap =
    (await findRecap(tx, week.id)) ?? (await generateRecap(tx, facts, { personId: null, ...at })).recap
  const source = reflectionSource(host.id)
  const blocks = await listBlocks(tx, recap.id)
  const touchedAt = await lastChangeByPerson(tx, recap.id)
  const before = blocks.find((block) => block.source === source)
  const block: KeptBlock = {
    id: randomUUID(),
    kind: 'reflection',
    source,
    hidden: false,
    pinned: false,
    byPerson: true,
    away: false,
    choices: {},
    ...before,
    content: {
      heading: 'Looking back',
      ...before?.content,
      text: reflectionText(answers),
      writerId: host.personId,
      writer,
    },
  } as KeptBlock
  await changeStory(
    tx,
    { week, recap, blocks },
    {
      ...at,
      what: before ? 'reworded' : 'added',
      piece: source,
      blocks: before ? blocks.with(blocks.indexOf(before), block) : placed(blocks, block),
    },
  )
  const changed = (await findRecap(tx, week.id))!
  return publishedAnew(tx, facts, { recap: changed, touchedAt, ...at })
}

/** After all that was told, before who comes next. */
function placed(blocks: KeptBlock[], block: KeptBlock): KeptBlock[] {
  const at = blocks.findIndex(({ kind }) => kind === 'next' || kind === 'join')
  return blocks.toSpliced(at < 0 ? blocks.length : at, 0, block)
}

async function publishedAnew(
  tx: Writer,
  facts: WeekFacts,
  {
    recap,
    touchedAt,
    now,
    machineNow,
    publicUrl,
  }: { recap: Recap; touchedAt: Date | null; now: Date; machineNow: Date; publicUrl: string },
): Promise<PageAfter> {
  if (recap.state !== 'published') return 'as-it-should-be'
  if (recap.publishedBy !== null || !publishesItself(facts.account, facts.week)) return 'for-a-lead'
  const at = { now, machineNow, publicUrl }
  const came = await publishByItself(tx, facts, { recap, touchedAt, ...at })
  return came === 'out' ? 'as-it-should-be' : came === 'waits' ? 'soon' : 'for-a-lead'
}

const SAID: Record<VerdictKind, { subject: string; what: string }> = {
  approved: {
    subject: 'What you say of your week is approved',
    what: 'approved what you say of your week. It stands in the recap now.',
  },
  'changes-requested': {
    subject: 'Please change what you say of your week',
    what: 'read what you say of your week, and asks for changes.',
  },
  declined: {
    subject: 'What you say of your week does not come into the recap',
    what: 'read what you say of your week, and decided that it does not come into the recap. You can change it, and hand it in again.',
  },
}

async function tellHost(
  tx: Writer,
  { account, week, host }: ReflectionPlace,
  {
    kind,
    comment,
    actor,
    now,
    machineNow,
    publicUrl,
  }: { kind: VerdictKind; comment: string; actor: Actor; now: Date; machineNow: Date; publicUrl: string },
): Promise<void> {
  const person = await findPerson(tx, host.personId)
  if (!person) return
  const { subject, what } = SAID[kind]
  await queueMail(tx, {
    accountId: account.id,
    personId: person.id,
    weekHostId: host.id,
    kind: 'reflection-decided',
    to: person.email,
    subject,
    text: `Hello ${host.name},

${actor.name} ${what}
${comment ? `\n${actor.name} says:\n\n${comment.replaceAll(/^/gm, '    ')}\n` : ''}
${publicUrl}/weeks/${week.id}/reflection
`,
    now,
    machineNow,
  })
}
