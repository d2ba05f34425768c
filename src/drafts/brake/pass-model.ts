import type { Delivery } from '../../publishing/deliveries.ts'
import { momentOf, whyNotLetGo } from '../decision.ts'
import { timeModel, type Moment } from '../pages.ts'
import { whenItPasses, type BrakePass } from './brake-pass.ts'
import { standingOfPass } from './passing-post.ts'

/** What can be done about the brake for this one draft. `current`: what of it is on its way, in the order of its parts. */
export function passModel(
  pass: BrakePass,
  { actorId, current, moment }: { actorId: string; current: Delivery[]; moment: Moment },
) {
  const { decidable, named, agreed, others, fingerprint } = pass
  const { draft, account, ownWork } = decidable
  const mine = named?.draftId === draft.id
  const own = mine && named.personId === actorId
  const changed = mine && !agreed && named.fingerprint !== fingerprint
  const whyNotAgree = changed
    ? 'It has changed since then. Take the question back below, and ask anew.'
    : own
      ? secondPerson(others)
      : whyNotLetGo({ ownWork, selfApproval: account.policy.selfApproval })
  const standing = agreed ? standingOfPass(current) : null
  return {
    fingerprint,
    draftId: draft.id,
    title: standing?.stage === 'went' ? 'It went out although the brake is on' : 'Let one post through',
    asks: pass.whyNot ?? `${WHEN_NEEDED} it goes out ${whenOf(pass, moment)}, and nothing else with it.`,
    asked:
      mine && !agreed
        ? {
            by: own ? 'You' : named.personName,
            time: timeModel(named.at, moment),
            goes: `It goes out ${whenOf(pass, moment)}, once a second person agrees.`,
          }
        : null,
    other: named && !mine && !named.over ? { href: `/drafts/${named.draftId}`, words: named.words } : null,
    alone: others.length === 0 && !pass.whyNot ? ALONE : null,
    agreed: standing && agreedInWords(standing, moment),
    canAsk: !mine && (!named || named.over) && !pass.whyNot,
    canAgree: mine && !agreed && !whyNotAgree,
    whyNotAgree: mine && !agreed ? whyNotAgree : null,
    canTakeBack: mine && standing?.stage !== 'went',
  }
}

const WHEN_NEEDED =
  'The brake is on, so nothing new goes out. If this post has to go out all the same, such as a word of condolence, ask for it: once a second person agrees'

const ALONE =
  'Nobody else may decide for this account, and this takes two people. A lead can give somebody a place at the desk under “People”.'

function secondPerson(others: string[]): string {
  return others.length === 0
    ? ALONE
    : `A second person has to agree: ${others.join(' or ')}. They were told by mail.`
}

/** "today at 14:30", or "at once" where its own time has passed by then. */
function whenOf(pass: BrakePass, { now, zone }: Moment): string {
  const at = whenItPasses(pass, now)
  return at ? momentOf(at, now, zone) : 'at once'
}

function agreedInWords(
  { stage, at }: NonNullable<ReturnType<typeof standingOfPass>>,
  { now, zone }: Moment,
): string {
  switch (stage) {
    case 'went':
      return `Two people agreed, and it went out ${momentOf(at!, now, zone)}.`
    case 'unclear':
      return 'Two people agreed. Nobody knows yet whether it went out.'
    case 'stuck':
      return 'Two people agreed, and it has not gone out. Why stands under “Where it stands”.'
    default:
      return `Two people agreed. It goes out ${at! > now ? momentOf(at!, now, zone) : 'at this moment'}, and nothing else with it.`
  }
}
