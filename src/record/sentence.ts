import { CHECK_KINDS, CHECK_NAMES } from '../accounts/check-rules.ts'
import type { Activity, ActivityKind } from '../activity/activity.ts'
import { partName } from '../words.ts'

type Details = NonNullable<Activity['details']>

/** What a sentence is made from. Every detail may be missing: the record is older than its newest reader. */
export interface Facts {
  details: Details
  /** What the draft is called, in quotation marks; "a draft" when nobody knows. */
  draft: string
  /** "Joseph’s week", or "the week" when nobody knows whose. */
  week: string
  /** A first day, `YYYY-MM-DD`, as "16 November". */
  day(slot: string): string
  /** An instant in ISO form as "Monday 16 November, 9:00". */
  moment(iso: string): string
}

export interface Said {
  /** Goes on after the name: "approved “Boots off” for Monday 9:00". */
  what: string
  tag?: { state: string; label: string }
}

/** Who did what the app did by itself. */
export const NOBODY: Partial<Record<ActivityKind, string>> = {
  'account.brake-released': 'Its own end',
  'account.brake-pulled': 'The restore',
  'person.address-fails': 'The mail server',
  'person.address-works': 'The mail server',
  'draft.approved': 'The policy',
  'draft.begun': 'The account',
  'draft.changed': 'The account',
  'draft.submitted': 'The account',
  'draft.discarded': 'The account',
  'delivery.posted': 'The publisher',
  'delivery.failed': 'The publisher',
  'delivery.unknown': 'The publisher',
  'delivery.held': 'The publisher',
  'delivery.released': 'The publisher',
  'delivery.cancelled': 'The publisher',
  'delivery.removed': 'The publisher',
  'delivery.removal-stuck': 'The publisher',
  'delivery.posted-twice': 'X',
  'delivery.second-removed': 'The publisher',
  'candidate.asked': 'Somebody',
  'candidate.booked': 'They',
  'candidate.offer-refused': 'They',
  'removal.asked': 'A reader',
  'record.erased': 'Whoever runs this installation',
  'post.hiding-done': 'The app',
  'post.hiding-stuck': 'The app',
}

/** How many posts the brake holds; a thread is one. */
function heldPosts({ held }: Details): string {
  if (typeof held !== 'number') return ''
  return `, ${held === 0 ? 'nothing is' : held === 1 ? 'one post is' : `${held} posts are`} held`
}

/** How many it held until then: what became of each stands in entries of its own. */
function releasedPosts({ held }: Details): string {
  if (typeof held !== 'number') return ''
  return `, which held ${held === 0 ? 'nothing' : held === 1 ? 'one post' : `${held} posts`}`
}

/** The two hosts of a swap. */
function bothOf(details: Details): string {
  return `${text(details, 'one') ?? 'a host'} and ${text(details, 'other') ?? 'another one'}`
}

const SENTENCES: Record<ActivityKind, (facts: Facts) => string | Said> = {
  'installation.made': () => 'made this installation',
  'record.taken': ({ details }) =>
    `took ${after(details, 'about', (about) => `${about} `) || 'a part '}of the record out as a file${details['names'] === 'out' ? ', names left out' : ''}`,
  'record.erased': ({ details }) =>
    `erased what ${details['count'] === 1 ? 'an entry' : `${Number(details['count'] ?? 0) || 'some'} entries`} of this record said`,
  'installation.restored': ({ details, moment }) =>
    details['missing']
      ? `goes on from an older copy of the data${after(details, 'copyOf', (at) => `, of ${moment(at)},`)} that was put back by hand`
      : `was put back from a backup${after(details, 'copyOf', (at) => ` of ${moment(at)}`)}`,

  'person.signed-in': () => 'signed in',
  'person.changed': ({ details }) => {
    const [name, before] = [text(details, 'name'), text(details, 'before')]
    if (name && before && name !== before) return `changed ${before}’s name to ${name}`
    return `changed the e-mail address of ${name ?? 'somebody'}`
  },
  'person.role-given': ({ details }) =>
    `gave ${text(details, 'name') ?? 'somebody'} a place at the desk${asRole(details)}`,
  'person.role-taken': ({ details }) => `took ${text(details, 'name') ?? 'somebody'} off the desk`,

  'person.owner-named': ({ details }) =>
    `let ${text(details, 'name') ?? 'somebody'} look after the installation`,
  'person.owner-taken': ({ details }) =>
    `ended that ${text(details, 'name') ?? 'somebody'} looks after the installation`,
  'person.signed-out': ({ details }) => `signed ${text(details, 'name') ?? 'somebody'} out everywhere`,
  'person.passkey-added': ({ details }) =>
    text(details, 'passkey') ? `added the passkey “${text(details, 'passkey')}”` : 'added a passkey',
  'person.passkey-removed': ({ details }) =>
    `removed ${text(details, 'passkey') ? `the passkey “${text(details, 'passkey')}”` : 'the passkeys'} of ${text(details, 'name') ?? 'somebody'}`,
  'person.address-fails': ({ details }) =>
    details['byHand'] === true
      ? `marked that mail to ${text(details, 'name') ?? 'somebody'} comes back`
      : `said that nobody has the address of ${text(details, 'name') ?? 'somebody'}`,
  'person.address-works': ({ details }) =>
    details['byHand'] === true
      ? `took back that mail to ${text(details, 'name') ?? 'somebody'} comes back`
      : `took a mail to ${text(details, 'name') ?? 'somebody'} again`,
  'person.address-tried': ({ details }) =>
    `had the address of ${text(details, 'name') ?? 'somebody'} tried once more`,
  'person.data-exported': ({ details }) =>
    `took a copy of the data about ${text(details, 'name') ?? 'somebody'}`,
  'person.data-deleted': ({ details }) => `deleted the data about ${text(details, 'name') ?? 'somebody'}`,

  'person.away': ({ details, day }) => {
    const [name, from, to, deputy] = ['name', 'from', 'to', 'deputy'].map((detail) => text(details, detail))
    const days = from && to ? (from === to ? ` on ${day(from)}` : ` from ${day(from)} to ${day(to)}`) : ''
    return `entered that ${name ?? 'somebody'} is away${days}, and ${deputy ?? 'nobody'} stands in`
  },
  'person.back': ({ details }) => {
    const deputy = text(details, 'deputy')
    return `entered that ${text(details, 'name') ?? 'somebody'} is not away any more${deputy ? `, and ${deputy} stands in no more` : ''}`
  },

  'account.changed': ({ details }) => {
    const section = text(details, 'section')
    return `changed the account’s ${section ? (SECTIONS[section] ?? 'settings') : 'settings'}`
  },
  'account.founded': ({ details }) =>
    text(details, 'handle') ? `added the account @${text(details, 'handle')}` : 'added an account',
  'account.paused': ({ details }) => ({
    what: `paused the account${heldPosts(details)}${after(details, 'reason', (reason) => `: “${reason}”`)}`,
    tag: { state: 'held', label: 'Paused' },
  }),
  'account.resumed': () => 'ended the pause of the account',
  'account.retired': ({ details }) => ({
    what: `ended the account for good; its public pages ${details['pages'] === 'withdrawn' ? 'were withdrawn' : 'stay'}`,
    tag: { state: 'held', label: 'Ended' },
  }),
  'account.pages-changed': ({ details }) =>
    details['pages'] === 'withdrawn'
      ? 'withdrew the account’s public pages'
      : 'put the account’s public pages back',
  'account.connected': ({ details }) => {
    const handle = text(details, 'handle')
    return {
      what: `connected the account to X${handle ? ` as @${handle}` : ''}`,
      tag: { state: 'connected', label: 'Connected' },
    }
  },
  'account.disconnected': () => 'disconnected the account from X',
  'account.profile-changed': ({ details }) =>
    details['change'] === 'back'
      ? 'changed picture and bio on X back'
      : `changed picture and bio on X${after(details, 'host', (host) => ` to ${host}`)}`,
  'account.connection-lost': () => ({
    what: 'found that X takes nothing from the account any more',
    tag: { state: 'reconnect', label: 'To be reconnected' },
  }),
  'account.brake-pulled': ({ details }) => ({
    what: `pulled the brake${heldPosts(details)}`,
    tag: { state: 'brake', label: 'Brake on' },
  }),
  'account.brake-explained': ({ details, moment }) =>
    `said of the brake: ${[
      text(details, 'reason') ? `“${text(details, 'reason')}”` : 'no reason',
      text(details, 'endsAt') ? `it ends ${moment(text(details, 'endsAt')!)}` : 'without an end',
    ].join(', ')}`,
  'account.brake-released': ({ details }) => `released the brake${releasedPosts(details)}`,

  'week.booked': ({ details, day }) =>
    `booked ${text(details, 'host') ?? 'somebody'}${after(details, 'slot', (slot) => ` for the week of ${day(slot)}`)}`,
  'week.changed': ({ details, week }) =>
    `changed ${week}${after(details, 'changed', (parts) => `: ${parts}`)}`,
  'week.hiatus-set': ({ details, day }) =>
    `set a hiatus${after(details, 'slot', (slot) => ` for the week of ${day(slot)}`)}`,
  'week.cancelled': ({ details, week, day }) => {
    const host = text(details, 'host')
    const what = details['kind'] === 'hiatus' ? 'the hiatus' : host ? `${host}’s week` : week
    const of = after(details, 'slot', (slot) => ` of ${day(slot)}`)
    return `cancelled ${what}${of}${cancelledWith(details)}`
  },
  'week.announced': ({ details, week }) => {
    const host = text(details, 'host')
    return `announced ${host ? `${host}’s week` : week}`
  },
  'week.closed': ({ week }) => ({ what: `closed ${week}`, tag: { state: 'closed', label: 'Closed' } }),

  'week.ready': ({ week }) => ({
    what: `found ${week} ready to open`,
    tag: { state: 'accepted', label: 'Ready' },
  }),
  'week.unready': ({ week }) => `found something missing before ${week} can open`,
  'week.let-open': ({ details, week }) => {
    const host = text(details, 'host')
    return `said that ${host ? `${host}’s week` : week} opens although something is missing`
  },
  'week.not-opened': ({ details, week }) => ({
    what: `did not open ${week}${after(details, 'missing', (missing) => `, for want of ${missing}`)}`,
    tag: { state: 'held', label: 'Not opened' },
  }),

  'live.changed': ({ details, moment }) =>
    typeof details['aside'] === 'boolean'
      ? `let the week’s posts ${details['aside'] ? 'step aside for' : 'go on during'} ${text(details, 'event') ?? 'an event'}`
      : `let ${text(details, 'event') ?? 'an event'} be live${after(details, 'from', (at) => ` from ${moment(at)}`)}${after(details, 'to', (at) => ` until ${moment(at)}`)}`,

  'host.invited': ({ details }) =>
    `invited ${text(details, 'host') ?? 'the host'}${details['again'] === true ? ' once more' : ''}`,
  'host.accepted': ({ week }) => ({
    what: `accepted the invitation to ${week === 'the week' ? 'a week' : week}`,
    tag: { state: 'accepted', label: 'Accepted' },
  }),
  'host.declined': ({ details, week }) => ({
    what: `said no to ${week === 'the week' ? 'a week' : week}${cancelledWith(details)}`,
    tag: { state: 'declined', label: 'Said no' },
  }),
  'host.trusted': ({ details }) =>
    details['trusted'] === true
      ? `marked ${text(details, 'host') ?? 'the host'} as trusted`
      : `took back that ${text(details, 'host') ?? 'the host'} is trusted`,
  'host.signed': ({ details, week }) => ({
    what: `signed the house rules for ${week === 'the week' ? 'a week' : week}${Number(details['number']) > 0 ? `, version ${details['number']}` : ''}${after(details, 'name', (name) => `, as “${name}”`)}`,
    tag: { state: 'accepted', label: 'Signed' },
  }),
  'host.briefed': ({ details }) => {
    const point = text(details, 'point')
    const what = point ? `“${point}”` : 'a point'
    const host = text(details, 'host') ?? 'the host'
    return details['done'] === false
      ? `took back the tick at ${what} in the briefing of ${host}`
      : `ticked ${what} in the briefing of ${host}`
  },
  'candidate.asked': ({ details }) => `asked for a week${referredTo(details)}`,
  'candidate.shortlisted': ({ details }) =>
    `put somebody who asked for a week on the shortlist${referredTo(details)}`,
  'candidate.kept': ({ details }) => `kept somebody who asked for a week for later${referredTo(details)}`,
  'candidate.offered': ({ details }) =>
    `offered weeks to somebody who asked for one${referredTo(details)}${after(details, 'weeks', (weeks) => `: ${weeks}`)}`,
  'candidate.offer-taken-back': ({ details }) => `took an offer of weeks back${referredTo(details)}`,
  'candidate.offer-refused': ({ details }) =>
    `took none of the weeks that were offered${referredTo(details)}`,
  'candidate.offer-ended': ({ details }) =>
    `ended an offer of weeks whose time was over${referredTo(details)}`,
  'candidate.declined': ({ details }) => ({
    what: `said no to somebody who asked for a week${referredTo(details)}`,
    tag: { state: 'declined', label: 'Told no' },
  }),
  'candidate.booked': ({ details }) => `chose one of the weeks that were offered${referredTo(details)}`,
  'candidate.erased': ({ details }) =>
    `deleted what somebody sent who asked for a week${referredTo(details)}${after(details, 'why', (why) => ERASED[why] ?? '')}`,

  'mail.held': ({ details, week }) => `held the mail ${mailOf(details)} for ${week}`,
  'mail.resumed': ({ details, week }) =>
    `let the mail ${mailOf(details)} for ${week} go at its time after all`,
  'host.aimed': ({ details, week }) =>
    `said what they aim for in ${week}${after(details, 'aims', (aims) => `: ${aims}`)}`,
  'mail.sent-now': ({ details, week }) => `sent the mail ${mailOf(details)} for ${week} at once`,
  'host.replaced': ({ details, week }) => {
    const [from, to] = [text(details, 'from'), text(details, 'to')]
    return `gave ${from ? `${from}’s week` : week} to ${to ?? 'somebody else'}${cancelledWith(details)}`
  },
  'host.dropped-out': ({ details }) =>
    `entered that ${text(details, 'host') ?? 'the host'} can’t host any more${after(details, 'instead', (name) => `: ${name} instead`)}`,
  'standby.added': ({ details }) => `put ${text(details, 'name') ?? 'somebody'} on the standby list`,
  'standby.removed': ({ details }) => `took ${text(details, 'name') ?? 'somebody'} off the standby list`,
  'swap.asked': ({ details }) => `asked ${bothOf(details)} to swap their weeks${withWords(details)}`,
  'swap.agreed': ({ details }) =>
    `said yes to a swap of ${bothOf(details)}, and the other one is asked still`,
  'swap.done': ({ details, day }) => ({
    what: `agreed to a swap: ${bothOf(details)} have each other’s weeks${after(details, 'from', (from) => ` of ${day(from)}`)}${after(details, 'to', (to) => ` and ${day(to)}`)}`,
    tag: { state: 'accepted', label: 'Swapped' },
  }),
  'swap.refused': ({ details }) => `said no to a swap of ${bothOf(details)}`,
  'swap.withdrawn': ({ details }) => `took back the question whether ${bothOf(details)} swap their weeks`,
  'week.moved': ({ details, week, day }) => {
    const [from, to] = [text(details, 'from'), text(details, 'to')]
    const days = from && to ? ` from ${day(from)} to ${day(to)}` : ''
    const asked = details['asked'] === true ? ', and asked its host to accept the new days' : ''
    const held = Number(details['held']) > 0 ? heldPosts(details) : ''
    return `moved ${details['kind'] === 'hiatus' ? 'a hiatus' : week}${days}${asked}${held}${withWords(details)}`
  },

  'draft.begun': ({ details, draft }) =>
    `began ${draft}${text(details, 'template') ? ' from a template' : ''}`,
  'draft.changed': ({ details, draft }) =>
    details['takenOver'] === true ? `changed ${draft}, which its host wrote` : `changed ${draft}`,
  'draft.moved': ({ details, draft, moment }) =>
    `moved ${draft}${after(details, 'at', (at) => ` to ${moment(at)}`)}`,
  'draft.submitted': (facts) =>
    facts.details['live'] === true
      ? `posted ${facts.draft} live`
      : `submitted ${facts.draft}${forWhen(facts)}`,
  'draft.withdrawn': ({ details, draft }) =>
    details['cause'] === 'week-closed'
      ? `took ${draft} out of the queue, which nobody had decided when its host’s week closed`
      : details['cause'] === 'host-ended' || details['cause'] === 'account-ended'
        ? `took ${draft} back, whose host no longer has the week`
        : `took ${draft} back${details['from'] === 'approved' ? ' after it was approved' : ''}`,
  'draft.discarded': ({ details, draft }) =>
    `discarded ${draft}${text(details, 'template') ? ', which came from a template' : ''}`,
  'draft.restored': ({ draft }) => `brought ${draft} back`,
  'draft.approved': (facts) => ({
    what: `approved ${facts.draft}${forWhen(facts)}${facts.details['ownWork'] === true ? ', their own words' : ''}`,
    tag: { state: 'approved', label: 'Approved' },
  }),
  'draft.stopped': ({ draft, details }) =>
    details['cause'] === 'facts'
      ? {
          what: `put ${draft} back into the queue, which was approved and is not true any more`,
          tag: { state: 'held', label: 'Back in the queue' },
        }
      : details['cause'] === 'rules'
        ? {
            what: `put ${draft} back into the queue, which the account’s rules let go no more`,
            tag: { state: 'held', label: 'Back in the queue' },
          }
        : {
            what: `stopped ${draft}, which was to go out without a decision`,
            tag: { state: 'held', label: 'Stopped' },
          },
  'draft.changes-requested': ({ draft }) => `asked for changes to ${draft}`,
  'draft.declined': ({ draft }) => ({
    what: `declined ${draft}`,
    tag: { state: 'declined', label: 'Declined' },
  }),
  'draft.agreed': (facts) =>
    `approved ${facts.draft}${forWhen(facts)} as the first of two people${facts.details['ownWork'] === true ? ', their own words' : ''}`,
  'draft.check-answered': ({ details, draft }) =>
    `answered a check of ${draft}${aboutCheck(details)}${after(details, 'said', (said) => `: “${said}.”`)}`,
  'draft.check-reopened': ({ details, draft }) =>
    `took back what was answered to a check of ${draft}${aboutCheck(details)}`,
  'draft.named': ({ draft }) => `asked that ${draft} may go out although the brake is on`,
  'draft.unnamed': ({ draft }) => `took back that ${draft} may go out although the brake is on`,
  'draft.passed': ({ draft, details }) => ({
    what: `agreed that ${draft} goes out although the brake is on${details['ownWork'] === true ? ', their own words' : ''}`,
    tag: { state: 'approved', label: 'Passes the brake' },
  }),
  'draft.answered': ({ draft, details }) =>
    details['suggested'] === true ? `suggested other words for ${draft}` : `wrote a comment beside ${draft}`,
  'draft.suggestion-taken': ({ draft, details }) =>
    `took words that ${text(details, 'by') ?? 'somebody'} suggested into ${draft}`,
  'draft.words-accepted': ({ draft, details }) =>
    `accepted what ${text(details, 'by') ?? 'somebody else'} wrote in ${draft}`,

  'delivery.posted': ({ details, draft }) => ({
    what:
      details['found'] === true ? `found ${part(details)}${draft} on X` : `posted ${part(details)}${draft}`,
    tag: { state: 'posted', label: 'Posted' },
  }),
  'delivery.failed': ({ details, draft }) => ({
    what: `could not post ${part(details)}${draft}`,
    tag: { state: 'failed', label: 'Failed' },
  }),
  'delivery.unknown': ({ details, draft }) => ({
    what: `sent ${part(details)}${draft}, and got no answer`,
    tag: { state: 'unknown', label: 'Not known' },
  }),
  'delivery.held': ({ details, draft }) => ({
    what: `held ${part(details)}${draft}`,
    tag: { state: 'held', label: 'Held' },
  }),
  'delivery.released': (facts) =>
    `let ${part(facts.details)}${facts.draft} go after all${forWhen(facts)}${facts.details['ownWork'] === true ? ', their own words' : ''}`,
  'delivery.abandoned': ({ details, draft }) =>
    `left ${part(details)}${draft} alone, without knowing whether it went out`,
  'delivery.cancelled': ({ details, draft }) => `cancelled ${part(details)}${draft} before it went out`,

  'delivery.taken-down': ({ details, draft }) => ({
    what: `took ${part(details)}${draft} down`,
    tag: { state: 'removing', label: 'Taken down' },
  }),
  'delivery.removed': ({ details, draft }) => ({
    what: `removed ${part(details)}${draft} from X`,
    tag: { state: 'removed', label: 'Gone from X' },
  }),
  'delivery.removal-stuck': ({ details, draft }) => ({
    what: `could not remove ${part(details)}${draft} from X`,
    tag: { state: 'failed', label: 'Still on X' },
  }),
  'delivery.posted-twice': ({ details, draft }) => ({
    what: `took ${part(details)}${draft} twice`,
    tag: { state: 'failed', label: 'Stands twice' },
  }),
  'delivery.second-taken-down': ({ details, draft }) => ({
    what: `took the second copy of ${part(details)}${draft} down`,
    tag: { state: 'removing', label: 'Taken down' },
  }),
  'delivery.second-left': ({ details, draft }) =>
    `left both copies of ${part(details)}${draft} where they stand`,
  'delivery.second-removed': ({ details, draft }) => ({
    what: `removed the second copy of ${part(details)}${draft} from X`,
    tag: { state: 'removed', label: 'Gone from X' },
  }),

  'post.chosen': ({ details }) => `chose a reply of ${writer(details)} for the week’s page`,
  'post.unchosen': ({ details }) => `took a reply of ${writer(details)} off the week’s page`,
  'post.vanished': ({ details }) => {
    const words = text(details, 'text')
    if (details['own'] !== true) return 'found that a chosen reply is gone from X, and took it off the page'
    return `found that ${words ? `“${words}”` : 'a post of ours'} is gone from X`
  },

  'post.left': ({ details }) => `left a reply of ${writer(details)} without an answer`,
  'post.unleft': ({ details }) => `wants an answer to a reply of ${writer(details)} after all`,
  'post.hidden': ({ details }) => ({
    what: `hid a reply of ${writer(details)}`,
    tag: { state: 'removing', label: 'Hidden' },
  }),
  'post.unhidden': ({ details }) => `wants a reply of ${writer(details)} shown again`,
  'post.hiding-done': ({ details }) =>
    details['hidden'] === false
      ? `showed a reply of ${writer(details)} on X again`
      : `hid a reply of ${writer(details)} on X`,
  'post.hiding-stuck': ({ details }) => ({
    what: `could not ${details['hidden'] === false ? 'show' : 'hide'} a reply of ${writer(details)} on X`,
    tag: { state: 'failed', label: 'Not done on X' },
  }),

  'removal.asked': () => ({
    what: 'asked to be taken off the public pages',
    tag: { state: 'submitted', label: 'Removal is asked' },
  }),
  'removal.done': () => ({
    what: 'took somebody off the public pages who had asked for it',
    tag: { state: 'removed', label: 'Taken off' },
  }),
  'removal.cleared': () => 'left somebody who had asked for it out of everything that is stored',
  'removal.settled': () => 'did by hand what somebody asked who wants to be off the public pages',
  'removal.refused': () => 'said no to somebody who asked to be taken off the public pages',

  'help.asked': ({ details }) => ({
    what: `asked for help with a reply of ${writer(details)}`,
    tag: { state: 'submitted', label: 'Help is asked' },
  }),
  'help.taken': ({ details }) => `looks after a reply of ${writer(details)}, for which help was asked`,
  'help.closed': ({ details }) => `closed the request for help with a reply of ${writer(details)}`,

  'answer.written': ({ details }) => `wrote ${standardAnswer(details)}`,
  'answer.approved': ({ details }) => ({
    what: `approved ${standardAnswer(details)}${details['ownWork'] === true ? ', their own words' : ''}`,
    tag: { state: 'approved', label: 'Approved' },
  }),
  'answer.declined': ({ details }) => ({
    what: `declined ${standardAnswer(details)}`,
    tag: { state: 'declined', label: 'Declined' },
  }),
  'answer.retired': ({ details }) => `took ${standardAnswer(details)} out of use`,
  'answer.check-answered': ({ details }) =>
    `answered a check of ${standardAnswer(details)}${aboutCheck(details)}${after(details, 'said', (said) => `: “${said}.”`)}`,
  'answer.check-reopened': ({ details }) =>
    `took back what was answered to a check of ${standardAnswer(details)}${aboutCheck(details)}`,
  'answer.sent': ({ details }) => `sent ${standardAnswer(details)} to ${writer(details)}`,

  'reflection.submitted': ({ week }) => `handed in what they say of ${week}`,
  'reflection.withdrawn': ({ week }) => `took back what they say of ${week}`,
  'reflection.check-answered': ({ details, week }) =>
    `answered a check of what they say of ${week}${aboutCheck(details)}${after(details, 'said', (said) => `: “${said}.”`)}`,
  'reflection.check-reopened': ({ details, week }) =>
    `took back what was answered to a check of what they say of ${week}${aboutCheck(details)}`,
  'reflection.approved': ({ details, week }) => ({
    what: `approved what the host says of ${week}${details['ownWork'] === true ? ', their own words' : ''}`,
    tag: { state: 'approved', label: 'Approved' },
  }),
  'reflection.changes-requested': ({ week }) => `asked for changes to what the host says of ${week}`,
  'reflection.declined': ({ week }) => ({
    what: `declined what the host says of ${week}`,
    tag: { state: 'declined', label: 'Declined' },
  }),

  'recap.generated': ({ details, week }) =>
    details['anew'] === true ? `told the story of ${week} anew` : `told the story of ${week}`,
  'recap.check-answered': ({ details, week }) =>
    `answered a check of the story of ${week}${aboutCheck(details)}${after(details, 'said', (said) => `: “${said}.”`)}`,
  'recap.check-reopened': ({ details, week }) =>
    `took back what was answered to a check of the story of ${week}${aboutCheck(details)}`,
  'recap.changed': ({ details, week }) =>
    `${RECAP_CHANGES[text(details, 'what') ?? ''] ?? 'changed the story of'} ${week}`,
  'recap.published': ({ details, week }) => ({
    what: `published the story of ${week}${Number(details['edition'] ?? 1) > 1 ? ' again' : ''}`,
    tag: { state: 'published', label: 'Published' },
  }),
  'recap.withdrawn': ({ week }) => `took the published story of ${week} back`,
}

function mailOf(details: Details): string {
  const mail = text(details, 'mail')
  return mail ? `“${mail}”` : 'to the host'
}

/** ": “The hall is being painted.”" */
function withWords(details: Facts['details']): string {
  return after(details, 'reason', (reason) => `: “${reason}”`)
}

/** ", about NHS numbers" */
function aboutCheck({ check }: Details): string {
  const kind = CHECK_KINDS.find((known) => known === check)
  return kind ? ` (${CHECK_NAMES[kind]})` : ''
}

const SECTIONS: Record<string, string> = {
  checks: 'checks',
  'signing-in': 'rule for how its leads sign in',
  identity: 'name and handle',
  shape: 'days and hours',
  policy: 'rules',
  live: 'rules for live posts',
  asking: 'form for asking for a week',
  plan: 'plan of a week',
  budget: 'budget',
  prices: 'list of X’s prices',
  texts: 'texts',
  templates: 'posts about its weeks',
  reflection: 'questions to hosts',
  briefing: 'briefing for hosts',
  planning: 'days and gaps in the rota',
  mails: 'mails to hosts',
}

const RECAP_CHANGES: Record<string, string> = {
  written: 'wrote a text into the story of',
  reworded: 'reworded a piece in the story of',
  removed: 'took a text out of the story of',
  moved: 'moved a piece in the story of',
  hidden: 'hid a piece in the story of',
  shown: 'brought a piece back in the story of',
  added: 'put something into the story of',
  pinned: 'pinned a piece in the story of',
  loosened: 'took the pin from a piece in the story of',
  undone: 'undid a change to the story of',
  redone: 'did again what was undone in the story of',
  restored: 'brought an earlier state back of the story of',
}

export function sentence(kind: ActivityKind, facts: Facts): Said {
  const said = SENTENCES[kind](facts)
  return typeof said === 'string' ? { what: said } : said
}

function text(details: Details, name: string): string | undefined {
  const value = details[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function after(details: Details, name: string, words: (value: string) => string): string {
  const value = text(details, name)
  return value === undefined ? '' : words(value)
}

/** Who it was stands nowhere on the record: what they sent is deleted, and this stays. */
function referredTo(details: Details): string {
  return after(details, 'reference', (reference) => ` (${reference})`)
}

const ERASED: Record<string, string> = {
  asked: ', because they wished it',
  period: ', because its time was over',
}

function asRole(details: Details): string {
  return { lead: ' as a lead', approver: ' as an approver' }[text(details, 'role') ?? ''] ?? ''
}

function cancelledWith(details: Details): string {
  const count = Number(details['cancelledDeliveries'] ?? 0)
  if (!(count > 0)) return ''
  return `, and with it ${count === 1 ? 'one post' : `${count} posts`} that had not gone out`
}

function forWhen({ details, moment }: Facts): string {
  return after(details, 'at', (at) => ` for ${moment(at)}`)
}

/** "part two of three of ", for one of a thread. */
function part(details: Details): string {
  const [number, parts] = [Number(details['part']), Number(details['parts'])]
  return parts > 1 ? `${partName(number - 1, parts)} of ` : ''
}

function writer(details: Details): string {
  const handle = text(details, 'handle')
  return text(details, 'name') ?? (handle ? `@${handle}` : 'somebody')
}

function standardAnswer(details: Details): string {
  const title = text(details, 'title')
  return title ? `the standard answer “${title}”` : 'a standard answer'
}
