import { record } from '../activity/record.ts'
import type { Database, Writer } from '../db/database.ts'
import { Faster, NotAllowed, NotFound, Refused } from '../errors.ts'
import { queueMail } from '../mail/outbox.ts'
import { findPerson } from '../people/people.ts'
import type { Actor } from '../people/person.ts'
import { findCurrentHost, findWeek, touchWeek, type Week } from '../rota/weeks.ts'
import { checkStory, whyLookAgain, whyStoryRefused } from './editor/check-story.ts'
import { queueRecapPosts } from './queue-posts.ts'
import { recapPowers } from './recap.ts'
import { changeRecap, findRecap, insertEdition, listBlocks, type Recap } from './store.ts'
import { tellWeek } from './story/tell-week.ts'
import { weekFacts, type WeekFacts } from './story/week-facts.ts'

export interface Publishing {
  now: Date
  machineNow: Date
  /** Without a slash at its end; for the mail's link. */
  publicUrl: string
}

/**
 * Puts a closed week's story on its public page, or a new edition of it. Returns the edition. While the brake is on a lead
 * may do so on purpose only.
 * @throws Refused by the fields whose words the account's checks keep off public pages, or ask about and nobody saw; Conflict when the story is not as it was seen, NotAllowed when the brake is on and they did not know it.
 */
export async function publishRecap(
  db: Database,
  {
    weekId,
    version,
    actor,
    despiteBrake = false,
    known,
    ...at
  }: {
    weekId: string
    version: number
    actor: Actor
    /** They knew that the brake is on. */
    despiteBrake?: boolean
    /** Marks of what the checks found that stood beside the button. Undefined: it is not asked. */
    known?: readonly string[] | undefined
  } & Publishing,
): Promise<number> {
  const { now } = at
  return db.write(async (tx) => {
    const week = await findWeek(tx, weekId)
    if (!week || !recapPowers(actor, week).see) throw new NotFound()
    if (!recapPowers(actor, week).publish)
      throw new NotAllowed('Only a lead of the account publishes its recaps.')
    if (week.state !== 'closed')
      throw new NotAllowed(
        'The recap can be published once the week is over; until then its page tells the days.',
      )
    const recap = await findRecap(tx, weekId)
    if (recap?.version !== version)
      throw new Faster(
        'Somebody changed this story since you opened it. It was not published; read it once more.',
      )
    const facts = await weekFacts(tx, week)
    if (facts.account.brakeAt && !despiteBrake)
      throw new NotAllowed(
        'The brake was pulled after you opened this story, so it was not published. What you typed is kept. To publish it all the same, open the story again.',
      )
    const blocks = await listBlocks(tx, recap.id)
    const checks = await checkStory(tx, facts.account, { recap, blocks, now })
    const unseen = known ? whyLookAgain(checks, blocks, known) : {}
    const refused = { ...unseen, ...whyStoryRefused(checks, blocks) }
    if (Object.keys(refused).length > 0) throw new Refused(refused)
    if (week.announcedAt === null) await announce(tx, week, { actor, now })
    return publishEdition(tx, facts, { recap, personId: actor.personId, ...at })
  })
}

/** Nobody accepted this week or announced it: publishing its story is the lead's word that it is public. */
async function announce(tx: Writer, week: Week, { actor, now }: { actor: Actor; now: Date }): Promise<void> {
  await touchWeek(tx, week, week.version, { announcedAt: now }, ['closed'])
  await record(tx, {
    accountId: week.accountId,
    kind: 'week.announced',
    personId: actor.personId,
    weekId: week.id,
    details: { host: (await findCurrentHost(tx, week.id))?.name ?? null, slot: week.slot },
    at: now,
  })
}

/** Step: keeps the page as the story stands; of the first edition it tells the host, and puts the posts about it into the queue. `personId` is null where the account's policy publishes. */
export async function publishEdition(
  tx: Writer,
  facts: WeekFacts,
  { recap, personId, ...at }: { recap: Recap; personId: string | null } & Publishing,
): Promise<number> {
  const { now } = at
  const edition = recap.edition + 1
  const page = tellWeek(facts, await listBlocks(tx, recap.id))
  await insertEdition(tx, { recapId: recap.id, edition, page, publishedAt: now, publishedBy: personId })
  await changeRecap(tx, recap, {
    state: 'published',
    edition,
    publishedAt: now,
    publishedBy: personId,
    publishBy: null,
  })
  await record(tx, {
    accountId: facts.week.accountId,
    kind: 'recap.published',
    personId,
    weekId: facts.week.id,
    details: { edition },
    at: now,
  })
  if (edition === 1) {
    await tellHost(tx, facts, at)
    await queueRecapPosts(tx, facts, { recap, ...at })
  }
  return edition
}

async function tellHost(
  tx: Writer,
  { account, week, host }: WeekFacts,
  { now, machineNow, publicUrl }: Publishing,
): Promise<void> {
  const person = host && (await findPerson(tx, host.personId))
  if (!person) return
  await queueMail(tx, {
    accountId: account.id,
    personId: person.id,
    weekHostId: host.id,
    kind: 'recap-published',
    to: person.email,
    subject: 'The story of your week is published',
    text: `Hello ${person.name},

The story of your week on @${account.handle} is published. Everybody can read it here, and you can pass the address on:
${publicUrl}/@${account.handle}/weeks/${week.slot}

If something in it is wrong, or should not stand there, tell the people who look after the account: they can change it.
`,
    now,
    machineNow,
  })
}
