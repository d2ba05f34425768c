import { changeAccount } from '../accounts/change-account.ts'
import { findAccount, latestHouseRules, type Account } from '../accounts/accounts.ts'
import { DEFAULT_BRIEFING } from '../accounts/briefing.ts'
import { saveGrant, type ConnectionDeps } from '../accounts/connection.ts'
import { foundAccount } from '../accounts/found-account.ts'
import type { CheckRules } from '../accounts/check-rules.ts'
import { addDays, instantOf } from '../calendar.ts'
import type { MovableClock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { heedRules } from '../drafts/policy/heed-rules.ts'
import { listenDue } from '../listening/listen-due.ts'
import type { SandboxClient } from '../networks/x-sandbox/client.ts'
import { acceptInvitation } from '../rota/invitations/accept-invitation.ts'
import { bookWeek } from '../rota/book-week.ts'
import { briefHost } from '../rota/readiness/brief-host.ts'
import { findActor } from '../rota/powers.ts'
import { findCurrentHost } from '../rota/weeks.ts'
import { signAgreement } from '../rota/readiness/sign-agreement.ts'
import { tendOpenings } from '../rota/readiness/tend-openings.ts'
import {
  OPENING,
  PRACTICE_ACCOUNT,
  PRACTICE_APPROVER,
  PRACTICE_HASHTAG,
  PRACTICE_WEEK,
  SAID,
} from './scene.ts'

/** As much of a real account as its hosts practise with. */
export type Model = Pick<Account, 'name' | 'timeZone' | 'hashtag' | 'policy' | 'texts' | 'checkRules'>

/** Nobody's week is seven days long here but so that Thursday lies ahead, whatever the real week is. */
const SHAPE = { days: [1, 2, 3, 4, 5, 6, 7], opens: '08:00', closes: '20:00' }
/** When the practice begins, on its Monday. */
const BEGINS = '09:30'

/** When the account is made: the day before. */
export function sceneBegins(slot: string, zone: string): Date {
  return instantOf(addDays(slot, -1), '12:00', zone)
}

/**
 * Makes an account with the rules of a real one, its week, open since this Monday morning, and what people say to it, through
 * the use cases that the forms call. Returns who hosts it, and under which hashtag.
 */
export async function setScene(
  deps: ConnectionDeps & { db: Database; clock: MovableClock },
  {
    standIn,
    clientId,
    model,
    person,
    slot,
  }: {
    standIn: SandboxClient
    /** What the stand-in knows the app as. */
    clientId: string
    model: Model
    person: { name: string; email: string }
    slot: string
  },
): Promise<{ hostId: string; hashtag: string }> {
  const { db, clock } = deps
  const hashtag = model.hashtag || PRACTICE_HASHTAG
  const publicUrl = deps.settings.publicUrl()
  const { id: accountId, handle } = PRACTICE_ACCOUNT
  const times = () => ({ now: clock.now(), machineNow: clock.machine(), publicUrl })
  const approver = async () => (await findActor(db.read, PRACTICE_APPROVER.id, clock.now()))!

  await foundAccount(db, {
    account: {
      id: accountId,
      handle,
      name: `Practice for ${model.name}`,
      timeZone: model.timeZone,
      hashtag,
      shape: SHAPE,
      // The point is to feel that somebody reads it first.
      policy: { ...model.policy, decided: 'all', threadGapSeconds: 0, listenEveryMinutes: 1 },
      texts: model.texts,
      // The account says nothing by itself that its host might take for their own.
      postTemplates: {
        introduction: { text: '', wordedBy: PRACTICE_APPROVER.id },
        'sign-off': { text: '', wordedBy: PRACTICE_APPROVER.id },
      },
    },
    people: [{ ...PRACTICE_APPROVER, role: 'lead' }],
    now: clock.now(),
  })
  if (model.checkRules) await takeChecks(model.checkRules)
  const grant = await standIn.grantFor(handle, { name: `Practice for ${model.name}`, clientId })
  const user = await deps.network.me(grant.accessToken)
  if (!user.ok) throw new Error(user.problem.detail)
  await saveGrant(deps, { accountId, grant, user: user.value, personId: PRACTICE_APPROVER.id })

  const hostId = await book()
  clock.moveTo(instantOf(slot, BEGINS, model.timeZone))
  await tendOpenings(db, times())
  await letPeopleSpeak()
  await listenDue(deps, { atOnce: true })
  return { hostId, hashtag }

  async function takeChecks(checkRules: CheckRules): Promise<void> {
    const { version } = (await findAccount(db.read, accountId))!
    // One approver decides here, so nothing may want two.
    const change = {
      section: 'checks' as const,
      to: { checkRules: { ...checkRules, secondApprover: false } },
    }
    await changeAccount(db, { accountId, version, change, actor: await approver(), ...times() }, heedRules)
  }

  async function book(): Promise<string> {
    await bookWeek(db, {
      weekId: PRACTICE_WEEK,
      accountId,
      slot,
      email: person.email,
      host: {
        name: person.name,
        handle: '',
        organisation: '',
        signOff: '',
        job: '',
        biography: '',
        portraitHash: null,
      },
      theme: 'Practice',
      why: '',
      events: [],
      invite: true,
      actor: await approver(),
      ...times(),
    })
    const { personId } = (await findCurrentHost(db.read, PRACTICE_WEEK))!
    const host = async () => (await findActor(db.read, personId, clock.now()))!
    await acceptInvitation(db, { weekId: PRACTICE_WEEK, actor: await host(), now: clock.now() })
    const rules = await latestHouseRules(db.read, accountId)
    if (rules?.text)
      await signAgreement(db, {
        weekId: PRACTICE_WEEK,
        number: rules.number,
        name: person.name,
        actor: await host(),
        now: clock.now(),
      })
    for (const point of DEFAULT_BRIEFING)
      await briefHost(db, {
        weekId: PRACTICE_WEEK,
        point,
        done: true,
        actor: await approver(),
        now: clock.now(),
      })
    return personId
  }

  async function letPeopleSpeak(): Promise<void> {
    const opening = await standIn.postAs({ handle, text: OPENING })
    for (const { under, ...said } of SAID)
      await standIn.postAs({ ...said, ...(under ? { replyTo: opening.id } : {}) })
  }
}
