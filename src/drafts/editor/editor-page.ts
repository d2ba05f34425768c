import type { Account } from '../../accounts/accounts.ts'
import { hasLink } from '../../charges/charge.ts'
import { addDays, dayInWords, dayOf, momentInWords, spanInWords, zoneInWords } from '../../calendar.ts'
import { MOST_IMAGES } from '../../images/image.ts'
import type { Image } from '../../images/images.ts'
import { pictureModel } from '../../images/pages.ts'
import { checksOf, editorCheck, MOST_PARTS, partField, partInWords, type Problems } from '../check-content.ts'
import type { CheckedWords } from '../checks/check-draft.ts'
import { SERVER_KINDS } from '../checks/finding.ts'
import type { Check } from '../checks/finding-check.ts'
import { costInWords } from '../cost-in-words.ts'
import type { AnsweredPost } from '../draft.ts'
import { partsOf, type EditorForm } from './editor-form.ts'
import { firstWords } from '../first-words.ts'
import { asPosted, spanEnd, stateOf, timeModel, forWhen, type Moment } from '../pages.ts'
import { areNumbered } from './number-parts.ts'
import { POLL_UNITS, type EditorPoll } from '../poll.ts'
import type { Draft } from '../store.ts'
import { minutesBetween } from '../plan/suggested-times.ts'
import { POST_LIMIT, textsAsPosted, weightOf } from '../weight.ts'
import { isLeftOver, LEFT_OVER, leftOverInWords } from '../week/after-week.ts'
import { comesTwice, readWish, whyNotThen, type TimeFrame } from '../wished-time.ts'

/** All that the editor's page is made from. */
export interface Editor {
  form: EditorForm
  /** Null for a draft that is not kept yet. */
  draft: Draft | null
  /** The id that a new draft will have. */
  id: string
  account: Account
  weekId: string | null
  slot: string
  frame: TimeFrame
  /** The sign-off that comes by itself; null where the author may choose one. */
  ownSignOff: string | null
  /** They may make a host's draft the account's own. */
  mayTakeOver: boolean
  hashtags: string[]
  answering: (AnsweredPost & { networkId: string }) | null
  images: Image[]
  said: object[]
  /** The other drafts of the week, or of the slot. */
  others: Draft[]
  personId: string
  /** What the account's checks say of it as it stands in the form. */
  checked: CheckedWords
  sandbox: boolean
  problems?: Problems
  /** The part to go on in, counted from 0. */
  focus?: number
  /** In its text, in characters. */
  caret?: number
  /** Opened anew, and not a form that came back with what was typed. */
  fresh?: boolean
}

/** The model of `drafts/editor`. */
export function editorPage(editor: Editor, moment: Moment) {
  const { form, draft, account, frame, problems = {} } = editor
  const { zone } = moment
  const signOff = editor.ownSignOff ?? form.signOff
  const parts = partsOf(form)
  const texts = textsAsPosted(parts, signOff)
  const leftOver = draft !== null && isLeftOver(draft, frame.until, moment.now)
  const twice = comesTwice(form.wish, zone)
  return {
    title: draft ? `Draft: ${forWhen(draft.wishedAt, moment)}` : 'New draft',
    heading: headingOf(editor, moment),
    tag: draft ? (leftOver ? LEFT_OVER : stateOf(draft)) : { state: 'writing', label: 'New' },
    leftOver: leftOver && leftOverInWords(draft, { closesAt: frame.until, mayTakeOver: editor.mayTakeOver }),
    saved: draft && timeModel(draft.changedAt, moment),
    action: draft ? `/drafts/${draft.id}` : '/drafts',
    draftId: editor.id,
    version: draft?.version,
    isNew: draft === null,
    fresh: editor.fresh,
    historyHref: draft && draft.revision > 1 ? `/drafts/${draft.id}/history` : null,
    submitTo: draft ? `/drafts/${draft.id}/submission` : null,
    discardTo: draft ? `/drafts/${draft.id}/discarding` : null,
    weekId: editor.weekId,
    accountId: account.id,
    slot: editor.slot,
    answering: editor.answering,
    // Where the browser keeps what was typed: for a new draft by its place, since the id is another one each time.
    shelf: draft
      ? draft.id
      : ['new', editor.weekId ?? editor.slot, editor.answering?.networkId ?? ''].join(':'),
    personId: editor.personId,
    parts: form.parts.map((_part, at) => partModel(editor, { at, weight: weightOf(texts[at]!), signOff })),
    mayAddPart: form.parts.length < MOST_PARTS,
    numbering: numberingOf(form.parts),
    signOff,
    ownSignOff: editor.ownSignOff,
    maySetSignOff: editor.ownSignOff === null,
    signOffError: problems['sign-off'],
    mayTakeOver: editor.mayTakeOver,
    takeOver: form.takeOver,
    hashtags: editor.hashtags,
    when: {
      soon: form.wish.when === 'soon',
      soonest: soonestOf(editor, moment),
      day: form.wish.day,
      time: form.wish.time,
      first: dayOf(frame.from, zone),
      last: dayOf(new Date(frame.until.getTime() - 1), zone),
      hint: `${zoneInWords(zone)} time. ${frameInWords(editor, zone)}`,
      error: problems['when'],
      dayError: problems['day'],
      timeError: problems['time'],
      which: twice && {
        error: problems['which'],
        choices: [
          {
            value: 'first',
            label: 'The first time, before the clocks go back',
            checked: form.wish.which === 'first',
          },
          { value: 'second', label: 'The second time, after that', checked: form.wish.which === 'second' },
        ],
      },
    },
    preview: asPosted({ account, parts, signOff, answering: editor.answering, images: editor.images }),
    checks: checksOf({ parts }, signOff, editor.checked.context),
    otherChecks: [
      ...serverChecks(editor),
      ...alikeChecks(editor, texts),
      ...timeChecks(editor, moment),
      ...linkCheck(editor, texts),
    ],
    // For the browser, which says the same of the words as they are typed.
    checkContext: JSON.stringify(editor.checked.context),
    said: editor.said,
    limit: POST_LIMIT,
  }
}

function numberingOf(parts: EditorForm['parts']): { action: string; label: string } | null {
  if (areNumbered(parts)) return { action: 'unnumber', label: 'Take the numbers out' }
  return parts.length > 1 ? { action: 'number', label: `Number the parts 1/${parts.length}` } : null
}

function headingOf({ draft, answering }: Editor, moment: Moment): string {
  if (draft) return forWhen(draft.wishedAt, moment)
  return answering ? `An answer to ${answering.name || `@${answering.handle}`}` : 'A new draft'
}

/** What "as soon as it is approved" means while a host’s week has not begun; null when it means at once. */
function soonestOf({ frame, ownSignOff }: Editor, { zone, now }: Moment): string | null {
  return ownSignOff !== null && frame.from > now
    ? `that is ${momentInWords(frame.from, now, zone)}, at the earliest`
    : null
}

function partModel(
  { form, images, problems = {}, focus, caret }: Editor,
  { at, weight, signOff }: { at: number; weight: number; signOff: string },
) {
  const { text, images: attached, newAlt } = form.parts[at]!
  const count = form.parts.length
  const last = at === count - 1
  const over = weight - POST_LIMIT
  return {
    number: at + 1,
    alone: count === 1,
    legend: count === 1 ? 'What you want to say' : partInWords(at, count),
    name: count === 1 ? 'it' : partInWords(at, count).toLowerCase(),
    of: count === 1 ? '' : `: ${partInWords(at, count).toLowerCase()}`,
    text,
    textField: partField(at, 'text'),
    textError: problems[partField(at, 'text')],
    focused: focus === at,
    caret: focus === at && caret !== undefined ? String(caret) : null,
    weight,
    over: over > 0 ? over : null,
    signed: last && signOff !== '',
    signOff: last ? signOff : null,
    signOffLater: !last && signOff !== '',
    images: attached.map(({ hash, alt }, place) => {
      const image = images.find((one) => one.hash === hash)
      const altField = partField(at, 'alt', place)
      return {
        number: place + 1,
        name: attached.length === 1 ? 'the image' : `image ${place + 1}`,
        altLabel: `Describe ${attached.length === 1 ? 'the image' : `image ${place + 1}`}`,
        hashField: partField(at, 'hash', place),
        hash,
        ...(image && pictureModel(hash, image)),
        width: image?.width,
        height: image?.height,
        altField,
        alt,
        altError: problems[altField],
        mayGoEarlier: place > 0,
        mayGoLater: place < attached.length - 1,
      }
    }),
    mayAttach: attached.length < MOST_IMAGES,
    attachLabel: attached.length === 0 ? 'Add images' : 'Add more images',
    imageField: partField(at, 'image'),
    imageError: problems[partField(at, 'image')],
    cameraField: `part-${at + 1}-camera`,
    newAltField: partField(at, 'alt', attached.length),
    newAlt,
    newAltError: problems[partField(at, 'alt', attached.length)],
    openImage: Boolean(
      problems[partField(at, 'image')] ?? problems[partField(at, 'alt', attached.length)] ?? newAlt,
    ),
    poll: pollFields(form.parts[at]!.poll, at, problems),
    mayGoUp: at > 0,
    mayGoDown: !last,
    mayRemove: count > 1,
  }
}

function pollFields({ options, length, unit }: EditorPoll, at: number, problems: Problems) {
  const named = (what: 1 | 2 | 3 | 4 | 'length') => {
    const field = partField(at, `poll-${what}`)
    return { field, error: problems[field] }
  }
  const fields = ([1, 2, 3, 4] as const).map((number) => ({
    ...named(number),
    label: number > 2 ? `Option ${number}, if you like` : `Option ${number}`,
    value: options[number - 1],
  }))
  return {
    options: fields,
    length: { ...named('length'), value: length },
    unitField: `part-${at + 1}-poll-unit`,
    units: POLL_UNITS.map((value) => ({ value, label: value, selected: value === unit })),
    there: options.some((option) => option.trim() !== ''),
    open: fields.some(({ value, error }) => value || error) || named('length').error !== undefined,
  }
}

function frameInWords({ draft, weekId, ownSignOff, frame }: Editor, zone: string): string {
  const hosted = draft ? draft.weekHostId !== null : ownSignOff !== null
  if (weekId && hosted)
    return `The week runs from ${spanEnd(frame.from, zone)} to ${spanEnd(frame.until, zone)}.`
  const first = dayOf(frame.from, zone)
  return `Any time from ${dayInWords(first)} to ${dayInWords(addDays(first, 6))}: this is the account’s own.`
}

function serverChecks({ form, checked }: Editor): Check[] {
  return checked.findings
    .filter(({ kind }) => SERVER_KINDS.has(kind))
    .map((finding) => editorCheck(finding, form.parts.length, checked.context))
}

/** A link makes a post much dearer, which nobody would guess; else what it costs is no business of who writes. */
function linkCheck({ form, account, answering, sandbox }: Editor, texts: string[]): Check[] {
  if (!texts.some(hasLink)) return []
  const parts = partsOf(form).map(({ images }, at) => ({ text: texts[at]!, images }))
  const priced = { parts, replyTo: answering?.networkId ?? null, answering }
  return [{ text: costInWords(priced, account, { sandbox }) }]
}

/** Two posts with the same words could not be told apart on the network: the second one would be refused at approval. */
function alikeChecks({ draft, answering, others }: Editor, texts: string[]): Check[] {
  return others
    .filter(({ id, content, signOff, replyTo }) => {
      const [first] = textsAsPosted(content.parts, signOff)
      return (
        id !== draft?.id && first === texts[0] && first !== '' && replyTo === (answering?.networkId ?? null)
      )
    })
    .map(({ id }) => ({
      level: 'advice' as const,
      title: 'Another draft begins with the same words.',
      text: 'Only one of them can go out while the other is on its way.',
      link: { href: `/drafts/${id}`, label: 'Open it' },
    }))
}

function timeChecks(
  { form, draft, frame, others, account, answering }: Editor,
  { zone, now }: Moment,
): Check[] {
  const at = wishedIn(form, zone)
  if (!at) return []
  const wrong = whyNotThen(at, { frame, zone, now })
  if (wrong) {
    const [[field, text]] = Object.entries(wrong) as [[string, string]]
    return [{ level: 'stop', text, link: { href: `#${field}`, label: 'Go there' } }]
  }
  const { gapMinutes } = account.policy
  const near = answering ? [] : others.flatMap((other) => nearTo(other, { draft, at, gapMinutes }))
  if (near.length === 0) return [{ text: 'The time is inside the week, and free.' }]
  return near.map(({ id, content, minutes, after }) => ({
    level: 'advice' as const,
    title:
      minutes === 0
        ? 'Something else wishes to go out then.'
        : `Something else wishes to go out ${spanInWords(minutes * 60_000)} ${after ? 'after it' : 'before it'}.`,
    text: `“${firstWords(content)}” The account wants ${spanInWords(gapMinutes * 60_000)} between two posts.`,
    link: { href: `/drafts/${id}`, label: 'Open it' },
  }))
}

/** Another draft that wishes to go out nearer to this time than the account wants; answers come when they come. */
function nearTo(
  { id, content, wishedAt, replyTo }: Draft,
  { draft, at, gapMinutes }: { draft: Draft | null; at: Date; gapMinutes: number },
) {
  if (id === draft?.id || !wishedAt || replyTo !== null) return []
  const minutes = minutesBetween(wishedAt, at)
  return minutes < gapMinutes ? [{ id, content, minutes, after: wishedAt > at }] : []
}

/** The wished time as it stands in the form; null for none, and for one that is wrong. */
export function wishedIn(form: EditorForm, zone: string): Date | null {
  try {
    return readWish(form.wish, zone)
  } catch {
    return null // what is wrong with it stands at its field
  }
}
