import type { DraftContent } from '../draft.ts'
import { MOST_CHARACTERS, stretchesOf } from '../weight.ts'

/** What only somebody outside can say whether it is there. */
export interface Outside {
  /** As typed. */
  link: string[]
  /** In small letters, without the @. */
  handle: string[]
}

/** The links and handles of a draft, each once. */
export function outsideOf({ parts }: DraftContent): Outside {
  const stretches = parts.flatMap(({ text }) => stretchesOf(text.slice(0, MOST_CHARACTERS)))
  const of = (kind: 'link' | 'mention') =>
    stretches.flatMap((stretch) => (stretch.kind === kind ? [stretch.text] : []))
  return {
    link: [...new Set(of('link'))],
    handle: [...new Set(of('mention').map((mention) => mention.slice(1).split('/')[0]!.toLowerCase()))],
  }
}

const MINUTE = 60_000
const DAY = 1440 * MINUTE

/** For how long what came back is believed, by what came back. A handle costs, and seldom goes. Milliseconds. */
export const BELIEVED_MS = {
  link: { there: DAY, missing: 2 * MINUTE, unclear: 2 * MINUTE },
  handle: { there: 30 * DAY, missing: 60 * MINUTE, unclear: 60 * MINUTE },
} as const

/** What is unclear is asked again after so long; then it counts as it is. Milliseconds. */
export const ASKED_AGAIN_MS = [30_000, 120_000]
