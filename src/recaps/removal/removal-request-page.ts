import type { Account } from '../../accounts/accounts.ts'
import { momentInWords } from '../../calendar.ts'
import { removalDueAt } from '../../listening/post.ts'
import type { NamedHelp } from '../../listening/posts.ts'
import type { RemovalRequest } from '../../listening/removals.ts'
import { initialsOf } from '../../listening/words.ts'
import { capital, inLetters, listInWords } from '../../words.ts'
import { LONGEST_WORD, type Candidate } from './forget-person.ts'
import type { NamedIn } from './named-in.ts'

/** What was typed about a request, and what is wrong with it. */
export interface TypedWords {
  word?: string
  done?: string
  /** Whom it was to take off: by their number, or empty; and the handle or name that was looked for. */
  person?: string
  who?: string
  fields: Record<string, string>
}

export const REMOVAL_TAGS = {
  open: { state: 'submitted', label: 'Waits for you' },
  clearing: { state: 'removing', label: 'Off all pages' },
  done: { state: 'removed', label: 'Taken off' },
  settled: { state: 'removed', label: 'Done by hand' },
  refused: { state: 'declined', label: 'Not done' },
}

/** A request to be taken off our pages as the desk sees it: who may be meant, what will go, and what became of it. */
export function removalRequestPage(
  request: RemovalRequest & { closer: string | null },
  {
    account,
    candidates,
    onlyNamed,
    stays,
    help,
    named,
    who,
    now,
    typed,
  }: {
    account: Account
    candidates: Candidate[]
    /** A handle of whom only others can have named. */
    onlyNamed: string | null
    /** What would go on saying a name of theirs, by the number of each candidate; under nothing for who is only named. */
    stays: ReadonlyMap<string, readonly NamedIn[]>
    /** What is asked of the desk, and not closed. */
    help: readonly Pick<NamedHelp, 'evidence'>[]
    /** Texts in which the words stand that were looked for. */
    named: readonly NamedIn[]
    /** The handle, address or name that was looked for. */
    who: string
    now: Date
    typed: TypedWords
  },
) {
  const zone = account.timeZone
  const moment = (at: Date) => ({ iso: at.toISOString(), label: momentInWords(at, now, zone) })
  const { state, about, words, closedAt } = request
  const dueAt = removalDueAt(request)
  const here = `/removal-requests/${request.id}`
  const isOpen = state === 'open'
  return {
    title: `Somebody asks to be taken off the pages of @${account.handle}`,
    tag: REMOVAL_TAGS[state],
    asked: moment(request.askedAt),
    due: isOpen ? { late: now >= dueAt, ...moment(dueAt) } : null,
    about: about || null,
    words: words || null,
    email: request.email || null,
    closed: closedAt && {
      who: request.closer ?? 'Somebody',
      time: moment(closedAt),
      what: CLOSED[state],
    },
    clearing:
      state === 'clearing'
        ? `No page shows them any more. What is stored of earlier editions is being gone through in the background${request.email ? '; when that is done, they are told by mail' : ''}.`
        : null,
    isOpen,
    look: {
      action: here,
      field: {
        id: 'who',
        name: 'who',
        label: 'Look for somebody else',
        hint: 'A handle, the address of a post on X, or a name.',
        // What they said themselves was looked for already.
        value: who === about ? '' : who,
      },
    },
    who,
    remove: `${here}/removal`,
    found: candidates.map(({ authorNetworkId, handle: theirs, name, posts }, place) => ({
      id: authorNetworkId,
      stays: staysInWords(stays.get(authorNetworkId), { place, person: authorNetworkId, typed }),
      portrait: { initials: initialsOf(name || theirs) },
      name: name || `@${theirs}`,
      detail: theirs ? `@${theirs}` : null,
      counted: countsOf(posts),
      help: helpInWords(help.filter(({ evidence }) => evidence?.authorNetworkId === authorNetworkId).length),
      latest: posts.findLast(({ text }) => text !== '')?.text ?? null,
    })),
    onlyNamed: isOpen && onlyNamed !== null ? `@${onlyNamed}` : null,
    handle: onlyNamed ?? '',
    staysOfHandle: staysInWords(stays.get(''), { place: 0, person: '', typed }),
    nobody: isOpen && candidates.length === 0 && onlyNamed === null,
    named: isOpen && named.length > 0 ? namedInWords(named, who) : null,
    settle: `${here}/settlement`,
    done: { ...wordField('done', typed, request), label: 'Done by hand? Say what was done' },
    refuse: `${here}/refusal`,
    word: { ...wordField('word', typed, request), label: 'Or say why not' },
  }
}

const CLOSED: Record<RemovalRequest['state'], string> = {
  open: '',
  clearing: 'took them off all pages',
  done: 'took them off all pages',
  settled: 'saw to it by hand, and said what was done',
  refused: 'said no, and why',
}

/** So many texts are listed. */
const MOST_LISTED = 60

function namedInWords(named: readonly NamedIn[], who: string) {
  const left = named.length - MOST_LISTED
  return {
    title: `“${who.trim()}” stands in ${counted(named.length, 'text')}`,
    texts: named.slice(0, MOST_LISTED),
    more: left > 0 ? `And in ${counted(left, 'older text')}.` : null,
  }
}

/** Where a name of theirs stays, and the word of a person that nobody there is them. */
function staysInWords(
  stays: readonly NamedIn[] = [],
  { place, person, typed }: { place: number; person: string; typed: TypedWords },
) {
  if (stays.length === 0) return null
  return {
    said: `${capital(aWordOf(stays))} in ${counted(stays.length, 'text')} may be theirs or somebody else’s, and would stay there:`,
    texts: stays.slice(0, MOST_LISTED),
    box: {
      id: place === 0 ? 'looked' : `looked-${place}`,
      name: 'looked',
      label:
        stays.length === 1
          ? 'I have read it: nobody there is this person'
          : 'I have read them: nobody there is this person',
      hint: 'If it is them, change it there by hand first, or close the request as done by hand.',
      error: typed.person === person ? typed.fields['looked'] : undefined,
    },
  }
}

/** "the word “Brenda”", each of them once. */
function aWordOf(stays: readonly NamedIn[]): string {
  const words = [...new Map(stays.map(({ words }) => [words.toLowerCase(), `“${words}”`])).values()]
  return `${words.length === 1 ? 'the word' : 'the words'} ${listInWords(words)}`
}

function wordField(name: 'word' | 'done', typed: TypedWords, { email }: RemovalRequest) {
  return {
    id: name,
    name,
    hint: email
      ? 'They get it by mail.'
      : 'They gave no address, so it reaches nobody; it is asked all the same, so that it is thought about.',
    value: typed[name] ?? '',
    error: typed.fields[name],
    maxlength: LONGEST_WORD,
  }
}

/** That with their words the desk loses what somebody needs help with. */
function helpInWords(open: number): string | null {
  if (open === 0) return null
  return open === 1
    ? 'Somebody asked for help with what they wrote, and that is not closed. The copy that was kept for it goes, too. Read it before, and note down what has to be done.'
    : `${capital(counted(open, 'request'))} for help with what they wrote are not closed. The copies that were kept for them go, too. Read them before, and note down what has to be done.`
}

/** "Three posts, one of them on a page" */
function countsOf(posts: Candidate['posts']): string {
  const onPage = posts.filter(({ chosenAt }) => chosenAt !== null).length
  const all = capital(counted(posts.length, 'post'))
  if (onPage === 0) return `${all}, none on a page at present`
  return onPage === posts.length ? `${all} on our pages` : `${all}, ${inLetters(onPage)} of them on our pages`
}

/** "one text", "three texts" */
function counted(count: number, one: string): string {
  return `${inLetters(count)} ${count === 1 ? one : `${one}s`}`
}
