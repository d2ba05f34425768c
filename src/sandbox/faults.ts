import type { Fault, FaultKind } from '../networks/x-sandbox/client.ts'

/** What people can make go wrong on the stand-in, of all that it knows: what an account meets at X. */
export const FAULTS = [
  {
    kind: 'limited',
    title: 'Too many posts',
    text: 'X takes no post for a quarter of an hour, and says until when (429).',
  },
  { kind: 'credit', title: 'No credit left', text: 'X wants to be paid before it takes a post (402).' },
  {
    kind: 'unauthorised',
    title: 'The permission is void',
    text: 'X does not take the account’s permission (401). It is renewed once; the second time in a row the account has to be connected again.',
  },
  {
    kind: 'unavailable-after',
    title: 'An error, though it took the post',
    text: 'The post stands there, and X answers that something went wrong (503).',
  },
  {
    kind: 'drop-after',
    title: 'The connection is cut',
    text: 'The post stands there, and the answer never comes.',
  },
  { kind: 'slow', title: 'X is slow', text: 'The answer comes after two seconds.' },
] as const satisfies readonly { kind: FaultKind; title: string; text: string }[]

export const FAULT_KINDS = FAULTS.map(({ kind }) => kind)

/** The one call that suffers. */
export const FAULTY_ROUTE = 'POST /2/tweets'

export const FAULT_TIMES = ['1', '2', '3', '5', 'always'] as const

/** The forms of the page, one for each, and what is set already. */
export function faultsModel(set: Required<Fault>[]) {
  return {
    forms: FAULTS.map(({ kind, title, text }) => ({
      kind,
      title,
      text,
      times: {
        id: `times-${kind}`,
        name: 'times',
        label: 'For',
        options: FAULT_TIMES.map((times) => ({ value: times, label: timesInWords(times) })),
      },
      describe: `Set: ${title}`,
    })),
    set: set.map(({ kind, times }) => `${titleOf(kind)}: ${timesInWords(String(times))}`),
  }
}

function titleOf(kind: FaultKind): string {
  return FAULTS.find((fault) => fault.kind === kind)?.title ?? kind
}

function timesInWords(times: string): string {
  if (times === 'always') return 'until it is taken away'
  return times === '1' ? 'the next post' : `the next ${times} posts`
}
