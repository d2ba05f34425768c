import { dayInWords, dayOf, momentInWords, timeInWords } from '../../calendar.ts'
import { hasBegunInWords } from '../../publishing/beginning.ts'
import type { Delivery } from '../../publishing/deliveries.ts'
import { deliveryInWords, heldInWords, type ToldAt } from '../../publishing/pages.ts'
import { capital, inLetters, sentence } from '../../words.ts'
import type { Fire } from './fire.ts'
import { heldPosts } from './held-fires.ts'

/** More held posts than this for one reason are one thing to look at. */
const TOGETHER_FROM = 3

export function troubleFires(deliveries: Delivery[], moment: ToldAt): Fire[] {
  const alike = (one: Delivery) =>
    deliveries.filter(({ state, heldReason }) => state === one.state && heldReason === one.heldReason)
  return deliveries.flatMap((delivery) => {
    const same = alike(delivery)
    if (delivery.state !== 'held' || same.length < TOGETHER_FROM) return [troubleFire(delivery, moment)]
    return same[0] === delivery ? [heldTogether(same, moment)] : []
  })
}

function heldTogether(deliveries: Delivery[], moment: ToldAt): Fire {
  return {
    tag: { state: 'held', label: 'Held' },
    since: null,
    title: `${capital(inLetters(deliveries.length))} posts are held`,
    quote: null,
    text: heldInWords({ heldReason: deliveries[0]!.heldReason, trouble: null }),
    link: null,
    posts: heldPosts(deliveries, moment),
  }
}

export function twiceFire(delivery: Delivery, { now, zone }: ToldAt): Fire {
  const shown = {
    since: `since ${momentInWords(delivery.postedAt!, now, zone)}`,
    quote: delivery.payload.text || null,
  }
  const href = `/deliveries/${delivery.id}`
  return delivery.state === 'posted'
    ? {
        ...shown,
        tag: { state: 'failed', label: 'Stands twice' },
        title: 'A post stands twice on X',
        text: 'X took it twice, and we learnt of the second one only when the first one stood. Take the second one down, or leave both.',
        link: { href, label: 'See both' },
      }
    : {
        ...shown,
        tag: { state: 'failed', label: 'Still on X' },
        title: 'What was taken down stands on X once more',
        text: 'X had taken it twice, and we learnt of the second one only after somebody took the first one down. Take that one down too, or leave it.',
        link: { href, label: 'See it' },
      }
}

/** What the link leads to. */
function todoOf({ state, notBefore }: Delivery): string {
  if (state === 'unknown' && !notBefore) return 'Say what became of it'
  return state === 'held' || state === 'failed' ? 'Decide about it' : 'See how it stands'
}

function troubleFire(delivery: Delivery, moment: ToldAt): Fire {
  const words = deliveryInWords(delivery, moment)
  const day = dayOf(delivery.dueAt, moment.zone) === dayOf(moment.now, moment.zone)
  const time = timeInWords(delivery.dueAt, moment.zone)
  const post = day
    ? `the ${time} post`
    : `the ${time} post of ${dayInWords(dayOf(delivery.dueAt, moment.zone))}`
  const said: Partial<Record<Delivery['state'], { title: string; text: string }>> = {
    unknown: {
      // While the timeline is being read it has a time for the next look.
      title: delivery.notBefore
        ? `We don’t know yet whether ${post} went out`
        : `Nobody knows whether ${post} went out`,
      text: [
        ...(delivery.trouble ? [sentence(delivery.trouble)] : []),
        delivery.notBefore
          ? 'It won’t be sent again until the account’s own timeline has been read.'
          : 'It is not sent again by itself: please look, and say what becomes of it.',
        ...(delivery.position + 1 < delivery.parts ? ['What comes after it in the thread waits.'] : []),
      ].join(' '),
    },
    failed: { title: `${capital(post)} did not go out`, text: delivery.trouble ?? 'X refused it.' },
    held: { title: `${capital(post)} is held`, text: heldInWords(delivery) },
    removing: {
      title: `${capital(post)} still stands on X`,
      text: `It is off our own pages. ${delivery.trouble ?? ''}`.trim(),
    },
  }
  const begun = delivery.state === 'removing' ? null : hasBegunInWords(delivery)
  return {
    tag: { state: words.state, label: words.label },
    since: null,
    title: said[delivery.state]?.title ?? words.label,
    quote: delivery.payload.text || null,
    text: [begun, said[delivery.state]?.text].filter(Boolean).join(' '),
    link: { href: words.href ?? `/drafts/${delivery.draftId}`, label: todoOf(delivery) },
  }
}
