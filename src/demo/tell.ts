import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { findAccount, latestHouseRules } from '../accounts/accounts.ts'
import { DEFAULT_BRIEFING } from '../accounts/briefing.ts'
import { changeAccount } from '../accounts/change-account.ts'
import { foundAccount } from '../accounts/found-account.ts'
import { saveGrant } from '../accounts/connection.ts'
import { DEFAULT_TEMPLATES } from '../accounts/post-templates.ts'
import { addDays, instantOf } from '../calendar.ts'
import { putAwayAbout } from '../drafts/drafts.ts'
import { approveDraft, findDecidable, freezeDecidable, requestChanges } from '../drafts/decide-draft.ts'
import { fingerprint } from '../drafts/freeze.ts'
import { commentOnDraft } from '../drafts/queue/comment-on-draft.ts'
import { heedRules } from '../drafts/policy/heed-rules.ts'
import { submitDraft } from '../drafts/submit-draft.ts'
import { beginDraft, type DraftWords } from '../drafts/write-draft.ts'
import { nameImage } from '../images/images.ts'
import { prepareImage } from '../images/prepare.ts'
import { choosePost } from '../listening/choose-post.ts'
import { askForHelp } from '../listening/ask-for-help.ts'
import { decideAnswer } from '../listening/decide-answer.ts'
import { hideReply } from '../listening/hide-reply.ts'
import { findPostOnNetwork, openHelp } from '../listening/posts.ts'
import { sendAnswer } from '../listening/send-answer.ts'
import { listAnswers } from '../listening/standard-answers.ts'
import { closeHelp, takeHelp } from '../listening/tend-help.ts'
import { freezeAnswer, writeAnswer } from '../listening/write-answer.ts'
import type { SandboxClient } from '../networks/x-sandbox/client.ts'
import type { Actor } from '../people/person.ts'
import { findPersonByEmail } from '../people/people.ts'
import { deliveriesOfDrafts } from '../publishing/deliveries.ts'
import { saveWords } from '../recaps/editor/edit-recap.ts'
import { findRecap, listBlocks } from '../recaps/recaps.ts'
import { publishRecap } from '../recaps/publish-recap.ts'
import { acceptInvitation } from '../rota/invitations/accept-invitation.ts'
import { bookWeek } from '../rota/book-week.ts'
import { briefHost } from '../rota/readiness/brief-host.ts'
import { findActor } from '../rota/powers.ts'
import { comingWeeks } from '../rota/weeks.ts'
import { signAgreement } from '../rota/readiness/sign-agreement.ts'
import { setHiatus } from '../rota/planner/set-hiatus.ts'
import type { Deps } from '../web/deps.ts'
import {
  ACCOUNT,
  BEGUN,
  CAME_BACK,
  DESK,
  HIATUS,
  IN_QUEUE,
  JOSEPH,
  MEI,
  POST_WORDS,
  PRIYA,
  PRIYAS_FIRST,
  RUTH,
  RUTHS_RECAP,
  STANDARD_ANSWERS,
  TOLD_AT,
  TOM,
  type DemoHost,
  type DemoPost,
  type DemoReply,
  type DemoWeek,
} from './story.ts'

/** Minutes before a post goes out at which it is written, and then submitted and approved. */
const WRITTEN = 45
const SUBMITTED = 40
const APPROVED = 25

/** Where the story is told: a sandbox that runs, with its stand-in and its clock. */
export interface Stage {
  deps: Deps
  work: { untilQuiet(): Promise<void> }
  sandbox: { standIn: SandboxClient; travelTo(to: Date): Promise<void> }
}

/** Something that happens in the story. */
interface Happening {
  at: Date
  happens(): Promise<void>
}

const ACCOUNT_ID = 'demo-account'
const [{ email: HELEN }, { email: OWEN }] = DESK

/** Tells the story from the clock's time on; `monday` is the running week's first day. */
export async function tell(
  stage: Stage,
  { monday, clientId }: { monday: string; clientId: string },
): Promise<void> {
  const { deps, sandbox, work } = stage
  const { db, clock } = deps
  const at = (day: number, time: string) => instantOf(addDays(monday, day), time, ACCOUNT.timeZone)
  const weekId = ({ week }: { week: number }) => `demo-week-${week}`
  const toldAt = at(TOLD_AT.day, TOLD_AT.time)
  const script: Happening[] = []
  const on = (day: number, time: string, happens: () => Promise<void>) =>
    script.push({ at: at(day, time), happens })
  const after = (instant: Date, minutes: number, happens: () => Promise<void>) =>
    script.push({ at: new Date(instant.getTime() + minutes * 60_000), happens })

  on(-21, '09:00', found)
  on(-21, '10:00', () => book(RUTH, true))
  on(-20, '08:15', () => accept(RUTH))
  on(-20, '08:20', () => sign(RUTH))
  on(-17, '11:30', () => brief(RUTH))
  on(-14, '10:00', () => book(JOSEPH, true))
  on(-13, '13:20', () => accept(JOSEPH))
  on(-13, '13:30', () => sign(JOSEPH))
  on(-6, '15:10', () => brief(JOSEPH))
  on(-12, '09:30', () => book(PRIYA, true))
  on(-12, '09:50', () => book(TOM, true))
  on(-12, '10:10', () => book(MEI, false))
  on(-12, '10:15', hiatus)
  on(-11, '19:40', () => accept(PRIYA))
  on(-4, '11:00', () => standardAnswers(true))
  on(1, '16:20', () => standardAnswers(false))
  on(1, '16:25', wordPosts)
  on(-11, '19:50', () => sign(PRIYA))
  on(0, '16:20', () => brief(PRIYA))
  for (const week of [RUTH, JOSEPH]) for (const post of week.posts) say(week, post)
  on(-3, '18:20', publish)
  on(1, '20:30', async () => void (await submitted(PRIYA, PRIYAS_FIRST)))
  on(2, '10:12', async () => {
    for (const post of BEGUN) await written(JOSEPH, post)
    for (const post of IN_QUEUE) await submitted(JOSEPH, post)
    const draftId = await submitted(JOSEPH, CAME_BACK.post)
    const decided = await verdict(draftId, CAME_BACK.comment)
    await requestChanges(db, decided)
    await commentOnDraft(db, {
      ...decided,
      id: randomUUID(),
      text: 'Perhaps so?',
      aboutPart: { revision: 1, part: 0, suggestion: CAME_BACK.suggestion },
    })
  })

  script.sort((a, b) => a.at.getTime() - b.at.getTime())
  for (const happening of script) {
    if (happening.at > toldAt) continue
    await sandbox.travelTo(happening.at)
    await happening.happens()
    await work.untilQuiet()
  }
  await sandbox.travelTo(toldAt)

  async function found(): Promise<void> {
    await foundAccount(db, {
      // The gap between a thread's parts is X's wish; a story of three weeks has no time for it.
      account: {
        id: ACCOUNT_ID,
        ...ACCOUNT,
        policy: { threadGapSeconds: 0 },
        texts: { contact: ACCOUNT.contact },
        // What it says of a week itself is worded later in the story.
        postTemplates: {
          introduction: { text: '', wordedBy: DESK[0].id },
          'sign-off': { text: '', wordedBy: DESK[0].id },
        },
      },
      people: DESK.map((person) => ({ ...person })),
      now: clock.now(),
    })
    const grant = await sandbox.standIn.grantFor(ACCOUNT.handle, { name: ACCOUNT.name, clientId })
    const user = await deps.network.me(grant.accessToken)
    if (!user.ok) throw new Error(user.problem.detail)
    await saveGrant(deps, { accountId: ACCOUNT_ID, grant, user: user.value, personId: DESK[0].id })
  }

  async function book(week: DemoWeek, invite: boolean): Promise<void> {
    const { email, portrait, ...host } = week.host
    await bookWeek(db, {
      weekId: weekId(week),
      accountId: ACCOUNT_ID,
      slot: addDays(monday, 7 * week.week),
      email,
      host: { ...host, portraitHash: await keepPicture(portrait, 600) },
      theme: week.theme,
      why: week.why,
      events: week.events.map(({ day, from, to, ...event }) => ({
        ...event,
        startsAt: at(day, from),
        endsAt: at(day, to),
      })),
      invite,
      actor: await actorOf(DESK[0].email),
      now: clock.now(),
      machineNow: clock.machine(),
    })
  }

  async function accept(week: DemoWeek): Promise<void> {
    await acceptInvitation(db, {
      weekId: weekId(week),
      actor: await actorOf(week.host.email),
      now: clock.now(),
    })
  }

  async function sign(week: DemoWeek): Promise<void> {
    await signAgreement(db, {
      weekId: weekId(week),
      number: (await latestHouseRules(db.read, ACCOUNT_ID))!.number,
      name: week.host.name,
      actor: await actorOf(week.host.email),
      now: clock.now(),
    })
  }

  async function brief(week: DemoWeek): Promise<void> {
    const actor = await actorOf(DESK[0].email)
    for (const point of DEFAULT_BRIEFING)
      await briefHost(db, { weekId: weekId(week), point, done: true, actor, now: clock.now() })
  }

  async function hiatus(): Promise<void> {
    await setHiatus(db, {
      weekId: weekId(HIATUS),
      accountId: ACCOUNT_ID,
      slot: addDays(monday, 7 * HIATUS.week),
      reason: HIATUS.why,
      actor: await actorOf(DESK[0].email),
      now: clock.now(),
    })
  }

  /** A post from the first word to the last reply. What goes out after the story's end is written this morning. */
  function say(week: DemoWeek, post: DemoPost): void {
    const due = at(post.day, post.time)
    const early = due <= toldAt ? due : new Date(Math.min(due.getTime(), toldAt.getTime()))
    let draftId = ''
    after(early, -WRITTEN, async () => {
      draftId = await written(week, post)
    })
    after(early, -SUBMITTED, () => submit(draftId, week))
    after(early, -APPROVED, () => approve(draftId))
    for (const reply of post.replies ?? []) answered(week, post, reply, () => draftId)
  }

  function answered(week: DemoWeek, post: DemoPost, reply: DemoReply, draftId: () => string): void {
    let networkId = ''
    const when = at(post.day, reply.time)
    after(when, 0, async () => {
      const stands = (await deliveriesOfDrafts(db.read, [draftId()]))[0]?.networkId
      if (!stands) throw new Error(`The demo's post of ${post.time} did not go out.`)
      const { name, handle, text } = reply
      networkId = (await sandbox.standIn.postAs({ name, handle, text, replyTo: stands })).id
    })
    const heard = async () => {
      const found = await findPostOnNetwork(db.read, ACCOUNT_ID, networkId)
      if (!found) throw new Error(`The demo's reply of @${reply.handle} was not heard.`)
      return found.id
    }
    if (reply.chosen) {
      after(when, 7, async () => {
        await choosePost(db, {
          postId: await heard(),
          chosen: true,
          actor: await actorOf(week.host.email),
          now: clock.now(),
        })
      })
    }
    const { answer, standard, help } = reply
    if (standard)
      on(post.day, standard.time, async () => standardAnswerTo(await heard(), standard.title, week.host))
    if (help) helped(post.day, help, week.host, heard)
    if (!answer) return
    let answerId = ''
    after(at(post.day, answer.time), -8, async () => {
      const { handle, name, text } = reply
      answerId = await begin(
        week,
        { parts: [{ text: answer.text, images: [] }], signOff: null, wishedAt: null },
        {
          networkId,
          handle,
          name,
          text,
        },
      )
      await submit(answerId, week)
    })
    after(at(post.day, answer.time), 0, () => approve(answerId))
  }

  /** Helen writes them, and Owen approves each once. */
  async function standardAnswers(approved: boolean): Promise<void> {
    for (const { title, text } of STANDARD_ANSWERS.filter((one) => one.approved === approved)) {
      const id = randomUUID()
      await writeAnswer(db, { id, accountId: ACCOUNT_ID, words: { title, text }, ...(await told(HELEN)) })
      const { fingerprint: read } = freezeAnswer({ accountId: ACCOUNT_ID, title, text })
      const verdict = { answerId: id, fingerprint: read, comment: '', ...(await told(OWEN)) }
      if (approved) await decideAnswer(db, { ...verdict, kind: 'approved' })
    }
  }

  async function wordPosts(): Promise<void> {
    const account = (await findAccount(db.read, ACCOUNT_ID))!
    const to = { ...DEFAULT_TEMPLATES, ...POST_WORDS }
    await changeAccount(
      db,
      {
        accountId: ACCOUNT_ID,
        version: account.version,
        change: { section: 'templates', to },
        ...(await told(HELEN)),
      },
      heedRules,
    )
  }

  async function standardAnswerTo(postId: string, title: string, host: DemoHost): Promise<void> {
    const answers = await listAnswers(db.read, ACCOUNT_ID)
    const answer = answers.find((one) => one.title === title)
    if (!answer) throw new Error(`The demo has no standard answer “${title}”.`)
    const { fingerprint: read } = freezeAnswer(answer)
    await sendAnswer(db, { postId, answerId: answer.id, fingerprint: read, ...(await told(host.email)) })
    deps.wake.publisher()
  }

  /** A reply that frightens: the host asks, Owen looks, hides it, and says a word back. */
  function helped(
    day: number,
    help: NonNullable<DemoReply['help']>,
    host: DemoHost,
    postId: () => Promise<string>,
  ) {
    on(day, help.time, async () => {
      await askForHelp(db, { postId: await postId(), note: help.note, ...(await told(host.email)) })
    })
    on(day, help.taken, async () => {
      await takeHelp(db, { helpId: await helpWith(await postId()), ...(await told(OWEN)) })
      await hideReply(db, { postId: await postId(), hidden: true, ...(await told(OWEN)) })
      deps.wake.hider()
    })
    on(day, help.closed, async () => {
      const helpId = await helpWith(await postId())
      await closeHelp(db, { helpId, word: help.word, ...(await told(OWEN)) })
    })
  }

  async function helpWith(postId: string): Promise<string> {
    const found = (await openHelp(db.read, ACCOUNT_ID)).find((one) => one.postId === postId)
    if (!found) throw new Error('Nobody in the demo asked for help with this reply.')
    return found.id
  }

  async function told(email: string) {
    return {
      actor: await actorOf(email),
      publicUrl: deps.settings.publicUrl(),
      now: clock.now(),
      machineNow: clock.machine(),
    }
  }

  async function written(week: DemoWeek, post: DemoPost): Promise<string> {
    const parts = []
    for (const { text, picture } of post.parts) {
      parts.push({
        text,
        images: picture ? [{ hash: await keepPicture(picture.file), alt: picture.alt }] : [],
      })
    }
    return begin(week, { parts, signOff: null, wishedAt: at(post.day, post.time) })
  }

  async function begin(
    week: DemoWeek,
    words: DraftWords,
    post: Parameters<typeof beginDraft>[1]['answered'] = null,
  ): Promise<string> {
    const actor = await actorOf(week.host.email)
    const place = { weekId: weekId(week) }
    const draft = await beginDraft(db, {
      id: randomUUID(),
      place,
      words,
      answered: post,
      actor,
      now: clock.now(),
    })
    return draft.id
  }

  async function submitted(week: DemoWeek, post: DemoPost): Promise<string> {
    const draftId = await written(week, post)
    await submit(draftId, week)
    return draftId
  }

  async function submit(draftId: string, week: DemoWeek): Promise<void> {
    await submitDraft(db, {
      draftId,
      version: 1,
      actor: await actorOf(week.host.email),
      publicUrl: deps.settings.publicUrl(),
      now: clock.now(),
      machineNow: clock.machine(),
    })
  }

  async function approve(draftId: string): Promise<void> {
    await approveDraft(db, await verdict(draftId))
  }

  /** Helen decides mostly, Owen in the afternoon. */
  async function verdict(draftId: string, comment = '') {
    const actor = await actorOf(DESK[clock.now().getUTCHours() < 13 ? 0 : 1].email)
    const frozen = freezeDecidable(await findDecidable(db.read, draftId, actor))
    return {
      draftId,
      fingerprint: fingerprint(frozen),
      comment,
      actor,
      now: clock.now(),
      machineNow: clock.machine(),
      publicUrl: deps.settings.publicUrl(),
    }
  }

  async function publish(): Promise<void> {
    const week = weekId(RUTH)
    const { recap, blocks } = await story()
    const reworded = RUTHS_RECAP.headings.map(({ day, heading }) => ({
      blockId: blocks.find(({ source }) => source === `day:${addDays(monday, day)}`)!.id,
      heading,
    }))
    const edit = { weekId: week, now: clock.now() }
    const version = await saveWords(db, {
      ...edit,
      version: recap.version,
      words: { reworded, written: [] },
      actor: await actorOf(DESK[0].email),
    })
    const after = blocks.find(({ kind }) => kind === 'people')!.id
    await saveWords(db, {
      ...edit,
      version,
      words: { reworded: [], written: [{ id: randomUUID(), after, ...RUTHS_RECAP.looking }] },
      actor: await actorOf(RUTH.host.email),
    })
    const actor = await actorOf(DESK[0].email)
    await publishRecap(db, {
      weekId: week,
      version: (await story()).recap.version,
      actor,
      now: clock.now(),
      machineNow: clock.machine(),
      publicUrl: deps.settings.publicUrl(),
    })
    // They announced it by other ways.
    const [next] = await comingWeeks(db.read, ACCOUNT_ID, clock.now(), 1)
    const by = { personId: actor.personId, now: clock.now() }
    await db.write(async (tx) => {
      await putAwayAbout(tx, recap.id, by)
      await putAwayAbout(tx, next!.host!.id, by)
    })
  }

  async function story() {
    const recap = await findRecap(db.read, weekId(RUTH))
    if (!recap) throw new Error('The demo’s finished week has no recap.')
    return { recap, blocks: await listBlocks(db.read, recap.id) }
  }

  async function actorOf(email: string): Promise<Actor> {
    const person = await findPersonByEmail(db.read, email)
    const actor = person && (await findActor(db.read, person.id, clock.now()))
    if (!actor) throw new Error(`Nobody in the demo has the address ${email}.`)
    return actor
  }

  async function keepPicture(name: string, width = 1600): Promise<string> {
    const file = fileURLToPath(new URL(`../../src/demo/pictures/${name}.svg`, import.meta.url))
    const png = await sharp(file, { density: 144 }).resize({ width }).png().toBuffer()
    const { bytes, ...facts } = await prepareImage(png, 'picture')
    const hash = await deps.images.keep(bytes)
    await db.write((tx) =>
      nameImage(tx, {
        hash,
        ...facts,
        bytes: bytes.length,
        accountId: ACCOUNT_ID,
        uploadedBy: null,
        createdAt: clock.now(),
      }),
    )
    return hash
  }
}
