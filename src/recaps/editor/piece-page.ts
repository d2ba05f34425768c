import { errorSummary } from '../../web/forms.ts'
import type { WeekFacts } from '../story/week-facts.ts'
import type { AddedKind } from './add-piece.ts'

const TITLES: Record<AddedKind, { title: string; button: string; lead: string }> = {
  heading: { title: 'A heading', button: 'Put the heading in', lead: 'It begins a stretch of the story.' },
  quote: {
    title: 'A quote',
    button: 'Put the quote in',
    lead: 'One sentence worth stopping for. Ask before you quote somebody who did not say it in public.',
  },
  picture: {
    title: 'A picture',
    button: 'Put the picture in',
    lead: 'It is public as soon as the story is published: show only people who said yes to that.',
  },
  brought: {
    title: 'A post, by its address',
    button: 'Bring the post in',
    lead: 'Any public post on X. It is read now, and goes from the page when its author deletes it.',
  },
}

/** The model of `recaps/piece`: what is to be put between the pieces of a story. */
export function piecePage(
  { week }: Pick<WeekFacts, 'week'>,
  {
    kind,
    after,
    id,
    typed,
    hash,
    errors,
  }: {
    kind: AddedKind
    after: string
    id: string
    typed: Record<string, string>
    /** Of the picture that was sent already. */
    hash: string | null
    errors: Record<string, string>
  },
) {
  const self = `/weeks/${week.id}/recap`
  return {
    ...TITLES[kind],
    self,
    back: `${self}#block-${after}`,
    kind,
    is: { [kind]: true },
    after,
    id,
    hash,
    image: hash && `/images/${hash}`,
    typed,
    errors,
    summary: Object.keys(errors).length > 0 ? errorSummary(errors) : null,
  }
}
