import { costOfParts, dollars, hasLink, pricesOf, type ChargedAccount, type Sent } from '../charges/charge.ts'

/** As much of a draft as its price depends on. Texts as they will stand. */
export interface Priced {
  parts: readonly { text: string; images: readonly { alt: string }[] }[]
  replyTo: string | null
  answering: { handle: string } | null
}

type PricedFor = Pick<ChargedAccount, 'prices'> & { handle: string }

/** What sending it costs, in micro-dollars. */
export function costOfDraft(draft: Priced, account: PricedFor): number {
  return costOfParts(asSent(draft, account), pricesOf(account))
}

/** What sending it costs, in a sentence that says so where a link makes it dearer. In a sandbox nobody pays. */
export function costInWords(draft: Priced, account: PricedFor, { sandbox }: { sandbox: boolean }): string {
  const sent = asSent(draft, account)
  const prices = pricesOf(account)
  const cost = costOfParts(sent, prices)
  const bare = costOfParts(
    sent.map((part) => ({ ...part, text: '' })),
    prices,
  )
  const what = sent.length > 1 ? 'thread' : draft.replyTo === null ? 'post' : 'answer'
  if (cost <= bare)
    return sandbox
      ? `X would charge ${dollars(cost)} for this ${what}.`
      : `This ${what} costs ${dollars(cost)}.`
  const several = draft.parts.filter(({ text }) => hasLink(text)).length > 1
  const withLinks = several ? 'With its links' : 'With its link'
  return sandbox
    ? `${withLinks} X would charge ${dollars(cost)} for this ${what} instead of ${dollars(bare)}.`
    : `${withLinks} this ${what} costs ${dollars(cost)} instead of ${dollars(bare)}.`
}

/** Only the first part answers somebody. An answer to ourselves is a post like any other. */
function asSent({ parts, replyTo, answering }: Priced, { handle }: PricedFor): Sent[] {
  const others = replyTo !== null && answering?.handle.toLowerCase() !== handle.toLowerCase()
  return parts.map(({ text, images }, at) => ({ text, images, summoned: at === 0 && others }))
}
