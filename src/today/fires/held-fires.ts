import { machineReadable, momentInWords } from '../../calendar.ts'
import { inCents } from '../../charges/charge.ts'
import { firstWords } from '../../drafts/first-words.ts'
import { isNearBudget, stopsListening } from '../../publishing/budget.ts'
import type { Delivery } from '../../publishing/deliveries.ts'
import { ASKING_FOR_CREDIT, isTooLateByNow, type ToldAt } from '../../publishing/pages.ts'
import { isLateAtItsEnd, type PostingLimit } from '../../publishing/posting-limit.ts'
import { capital, inLetters, partName } from '../../words.ts'
import { byDecision } from '../outgoing.ts'
import type { Desk } from '../read-desk.ts'
import type { Fire } from './fire.ts'

/** What the brake holds. Who pulled it, why, and what it stops stands over every page. */
export function brakeFire({ account, passing }: Desk, held: Delivery[], moment: ToldAt): Fire {
  const count = byDecision(held).length
  const posts = heldPosts(held, moment)
  if (!account.brakeAt) {
    return {
      tag: { state: 'held', label: 'Held' },
      since: null,
      title:
        count === 1
          ? 'One post was held by the brake'
          : `${capital(inLetters(count))} posts were held by the brake`,
      quote: null,
      text: `The brake is off again. ${count === 1 ? 'It' : 'Each'} waits for somebody to say whether it still goes out.`,
      link: {
        href: `/accounts/${account.id}/brake/release`,
        label: `Say what becomes of ${count === 1 ? 'it' : 'each'}`,
      },
      posts,
    }
  }
  return {
    tag: { state: 'brake', label: 'The brake is on' },
    since: null,
    title:
      count === 0
        ? 'The brake holds nothing yet'
        : `The brake holds ${count === 1 ? 'one post' : `${inLetters(count)} posts`}`,
    quote: null,
    text:
      count === 0
        ? 'What becomes due is held until the brake is released.'
        : `Whoever releases it says of ${count === 1 ? 'it' : 'each'} whether it still goes out, and when.`,
    link: { href: `/accounts/${account.id}/brake/release`, label: 'Release the brake' },
    also: passing && { href: `/drafts/${passing.draftId}`, label: 'Open the one post' },
    posts,
  }
}

/** X takes no more posts for a while, as it said itself. */
export function limitFire(waiting: Delivery[], limit: PostingLimit, moment: ToldAt): Fire {
  const until = momentInWords(limit.until, moment.now, moment.zone).replace(/^today /, '')
  const count = waiting.length
  const late = waiting.filter(({ dueAt }) => isLateAtItsEnd(dueAt, limit)).length
  return {
    tag: { state: 'held', label: 'X asks for a pause' },
    since: null,
    title: `X takes no posts until ${until}; ${count === 1 ? 'one waits' : `${inLetters(count)} wait`}`,
    quote: null,
    text: `The account posted more in a short time than X takes. ${
      late === count
        ? `What is more than ${limit.lateAfterMinutes} minutes late is held, and you are asked.`
        : `What waits goes out then by itself${late > 0 ? `; what is more than ${limit.lateAfterMinutes} minutes late is held, and you are asked` : ''}.`
    }`,
    link: null,
    posts: heldPosts(waiting, moment),
  }
}

/** One cause, however many posts it holds. */
export function creditFire(held: Delivery[], moment: ToldAt): Fire {
  const posts = heldPosts(held, moment)
  return {
    tag: { state: 'held', label: 'No credit' },
    since: null,
    title: `The credit with X is used up; ${posts.length === 1 ? 'one post is held' : `${inLetters(posts.length)} posts are held`}`,
    quote: null,
    text: `Whoever pays X for this account can top it up there. ${ASKING_FOR_CREDIT} When that is done, open one and let it go: that asks X at once.`,
    link: null,
    posts,
  }
}

/** What stepped aside for live hours: one card for each week, with the form that decides about all of it. */
export function asideFires(held: Delivery[], moment: ToldAt): Fire[] {
  return [...new Set(held.map(({ weekId }) => weekId))].map((weekId) => {
    const posts = byDecision(held.filter((one) => one.weekId === weekId)).map(([first]) => first!)
    return {
      tag: { state: 'held', label: 'Held' },
      since: null,
      title:
        posts.length === 1
          ? 'One post stepped aside'
          : `${capital(inLetters(posts.length))} posts stepped aside`,
      quote: null,
      text: 'It is for what is posted live from an event. What can still keep its time afterwards goes out by itself; about the rest somebody has to say.',
      link: { href: `/weeks/${weekId}/live/aside`, label: 'Say which still go, and when' },
      posts: posts.map((delivery) => heldPost(delivery, moment)),
    }
  })
}

/** The month's budget: what it holds and stops, or that it is nearly gone. */
export function budgetFires(
  { account, costs }: Desk,
  held: Delivery[],
  { isLead, ...moment }: ToldAt & { isLead: boolean },
): Fire[] {
  const { spent, ahead, budget } = costs
  if (held.length === 0 && (budget === null || !(stopsListening(costs) || isNearBudget(costs)))) return []
  const posts = heldPosts(held, moment)
  const so = `${inCents(spent)}${budget === null ? '' : ` of ${inCents(budget)}`} has been spent, and what is approved needs ${inCents(ahead)}.`
  const raise = isLead ? 'Raise the budget' : 'A lead can raise the budget'
  const reading = stopsListening(costs)
    ? ' Replies are not read, so that what is left goes into posts.'
    : ' When the rest is needed for what is approved, replies are no longer read.'
  return [
    {
      tag: { state: 'held', label: 'Budget' },
      since: null,
      title:
        held.length === 0
          ? stopsListening(costs)
            ? 'Replies are not read, to keep within the budget'
            : 'Four fifths of the month’s budget have been spent'
          : posts.length === 1
            ? 'One post is held by the month’s budget'
            : `${capital(inLetters(posts.length))} posts are held by the month’s budget`,
      quote: null,
      text: `${so}${reading}${held.length > 0 ? ` ${raise}, and what is not late goes by itself; or let a post go all the same.` : ''}`,
      link: { href: `/accounts/${account.id}/costs`, label: 'See what it was spent for' },
      posts,
    },
  ]
}

/** One line for each post, a thread being one: its first part that is held leads on. */
export function heldPosts(deliveries: Delivery[], moment: ToldAt) {
  return byDecision(deliveries).map(([first]) => heldPost(first!, moment))
}

function heldPost(delivery: Delivery, moment: ToldAt) {
  const { id, dueAt, payload, position, parts } = delivery
  const { now, zone } = moment
  const late = isTooLateByNow(delivery, moment) ? 'Too late by now: ' : ''
  const begun = position === 0 ? '' : `${capital(partName(position, parts))} of a thread that has begun: `
  return {
    text: `${late}${begun}${firstWords({ parts: [payload] })}`,
    href: `/deliveries/${id}`,
    time: { iso: machineReadable(dueAt), label: momentInWords(dueAt, now, zone) },
  }
}
