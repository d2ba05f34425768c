import { randomUUID } from 'node:crypto'
import { findAccount } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { Database, Writer } from '../db/database.ts'
import { Refused } from '../errors.ts'
import { queueMail } from '../mail/outbox.ts'
import { decidersAt, whyYou } from '../people/people.ts'
import type { Actor } from '../people/person.ts'
import { insertHelp } from './help-store.ts'
import { aboutPost, findSaid } from './leave-post.ts'
import type { Evidence } from './post.ts'
import type { Post } from './store.ts'
import { postUrl } from './words.ts'

/** What somebody says about why they need help, in characters at most. */
export const LONGEST_NOTE = 500

/**
 * "I need help with this": everybody who decides for the account is told at once, and a copy of what was written is kept,
 * whatever becomes of it on the network. Asked while it is asked already, it stays one request. `asked` says which it was.
 * @throws NotFound when it does not belong to a week whose conversation the person may read.
 * @throws Conflict when it was deleted on the network meanwhile; Refused under `note`.
 */
export async function askForHelp(
  db: Database,
  {
    postId,
    note,
    actor,
    publicUrl,
    now,
    machineNow,
  }: { postId: string; note: string; actor: Actor; publicUrl: string; now: Date; machineNow: Date },
): Promise<{ post: Post; asked: 'now' | 'before' }> {
  return db.write(async (tx) => {
    const { post } = await findSaid(tx, { postId, actor, now })
    if (note.length > LONGEST_NOTE)
      throw new Refused({ note: `This has more than ${LONGEST_NOTE} characters.` })
    const id = randomUUID()
    const request = { id, accountId: post.accountId, weekId: post.weekId, postId, note }
    const asked = { state: 'open' as const, askedBy: actor.personId, askedAt: now }
    if (!(await insertHelp(tx, { ...request, ...asked, evidence: evidenceOf(post) })))
      return { post, asked: 'before' as const }
    await record(tx, { ...aboutPost(post), kind: 'help.asked', personId: actor.personId, at: now })
    await tellDesk(tx, { id, post, note, actor, publicUrl, now, machineNow })
    return { post, asked: 'now' as const }
  })
}

function evidenceOf(post: Post): Evidence {
  return {
    handle: post.authorHandle,
    name: post.authorName,
    authorNetworkId: post.authorNetworkId,
    text: post.text,
    lang: post.lang,
    pictures: post.images.map(({ url, alt }) => ({ url: url ?? null, alt })),
    createdAt: post.createdAt.toISOString(),
    permalink: postUrl(post),
  }
}

/** Each at once, and not gathered with others: somebody waits for a person. */
async function tellDesk(
  tx: Writer,
  {
    id,
    post,
    note,
    actor,
    publicUrl,
    now,
    machineNow,
  }: {
    id: string
    post: Post
    note: string
    actor: Actor
    publicUrl: string
    now: Date
    machineNow: Date
  },
): Promise<void> {
  const account = (await findAccount(tx, post.accountId))!
  for (const decider of await decidersAt(tx, post.accountId, now)) {
    const { person } = decider
    if (person.id === actor.personId) continue
    await queueMail(tx, {
      accountId: post.accountId,
      personId: person.id,
      kind: 'help-asked',
      to: person.email,
      subject: `${actor.name} needs help with a reply to @${account.handle}`,
      text: `Hello ${person.name},

${actor.name} asks for help with what ${post.authorName || 'somebody'} (@${post.authorHandle}) wrote:

${post.text}
${note === '' ? '' : `\n${actor.name} says: “${note}”\n`}
A copy is kept, also when it is deleted on X. Say here that you look after it, so that ${actor.name} knows:

${publicUrl}/help/${id}
${whyYou(decider)}`,
      now,
      machineNow,
    })
  }
}
