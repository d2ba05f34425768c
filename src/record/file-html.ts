import { dayInWords, dayOf, timeInWords } from '../calendar.ts'
import type { RecordFile } from './record-file.ts'
import { capital, partName } from '../words.ts'

/**
 * A file of the record as one page that needs nothing beside it: to be read in any browser, printed, and kept.
 */
export function recordHtml(file: RecordFile): string {
  const zone = file.account.timeZone
  const when = (at: Date | null) =>
    at === null
      ? ''
      : `${dayInWords(dayOf(at, zone))} ${dayOf(at, zone).slice(0, 4)}, ${timeInWords(at, zone)}`
  const name = (person: { name: string } | null) => (person ? person.name || 'Somebody who left' : '')
  const title = `The record of @${file.account.handle}`
  const body = [
    element('h1', escaped(title)),
    facts([
      ['Account', `${file.account.name}, @${file.account.handle}`],
      ['Times', `of ${zone}`],
      ['About', aboutInWords(file)],
      [
        'Names',
        file.names === 'in'
          ? 'as they are'
          : 'left out: people are numbered. Who somebody is may still follow from what they say.',
      ],
      ['Made', when(file.madeAt)],
      [
        'Checked',
        file.checked
          ? `${when(file.checked.at)}: ${file.checked.troubles.length === 0 ? 'no entry of the whole record was missing, and each was as it was written' : file.checked.troubles.join(' ')}. The newest was entry ${file.checked.entry}: ${file.checked.hash}`
          : 'not yet',
      ],
    ]),
    section('Weeks', file.weeks, (week) => [
      element(
        'h3',
        escaped(`${dayInWords(week.slot)} ${week.slot.slice(0, 4)}${week.theme && `: ${week.theme}`}`),
      ),
      facts([
        ['State', week.state],
        ['Open', `${when(week.opensAt)} to ${when(week.closesAt)}`],
        ['Why', week.why],
        ...week.events.map((event): [string, string] => [
          'Event',
          `${event.name}, ${when(event.startsAt)} to ${when(event.endsAt)} ${event.place}`,
        ]),
      ]),
      ...week.hosts.map((host) =>
        [
          element('h4', escaped(host.name)),
          facts([
            ['Job', [host.job, host.organisation].filter(Boolean).join(', ')],
            ['Invited', when(host.invitedAt)],
            ['Accepted', when(host.acceptedAt)],
            ['Said no', [when(host.declinedAt), host.declinedWords].filter(Boolean).join(': ')],
            ['Ended', [when(host.endedAt), host.ending].filter(Boolean).join(': ')],
            ...host.briefing.map(({ point, by, at }): [string, string] => [
              'Briefing',
              `${point}: ${name(by)}, ${when(at)}`,
            ]),
          ]),
          ...host.agreements.map(
            (signed) =>
              element(
                'p',
                escaped(`House rules ${signed.number}, signed by ${signed.name}, ${when(signed.signedAt)}:`),
              ) + quote(signed.text),
          ),
        ].join(''),
      ),
    ]),
    section('Drafts', file.drafts, (draft) => [
      element('h3', escaped(`${name(draft.author) || 'The account'}, begun ${when(draft.createdAt)}`)),
      facts([
        ['State', draft.state],
        ['Wished for', when(draft.wishedAt)],
        ['Submitted', when(draft.submittedAt)],
        ['Sign-off', draft.signOff],
      ]),
      ...draft.revisions.map(
        (revision) =>
          element(
            'h4',
            escaped(`Revision ${revision.number}, ${name(revision.author)}, ${when(revision.at)}`),
          ) +
          revision.parts
            .map(
              (part) =>
                quote(part.text) +
                part.images
                  .map((image) => element('p', escaped(`Picture ${image.hash}: ${image.alt}`)))
                  .join(''),
            )
            .join(''),
      ),
      list(
        'Said about it',
        draft.comments,
        (comment) =>
          `${when(comment.at)}, ${name(comment.author)}: ${comment.text}${comment.suggestion ? ` Suggested: ${comment.suggestion}` : ''}`,
      ),
      list(
        'Decisions',
        draft.decisions,
        (decision) =>
          `${when(decision.at)}, ${name(decision.person) || 'the policy'}: ${decision.kind}, revision ${decision.revision}${decision.ownWork ? ', their own words' : ''}. ${decision.comment}`,
      ),
      list('On its way', draft.deliveries, (sent) =>
        [
          `${capital(partName(sent.part - 1, sent.parts))}: ${sent.state}, due ${when(sent.dueAt)}`,
          sent.postedAt && `posted ${when(sent.postedAt)}`,
          sent.networkId && `as ${sent.networkId}`,
          sent.trouble,
          ...sent.attempts.map((attempt) => `sent ${when(attempt.at)}: ${attempt.outcome ?? 'no answer'}`),
          ...sent.takenDown.map(
            (down) => `taken down by ${name(down.person)} ${when(down.at)}: ${down.reason}`,
          ),
        ]
          .filter(Boolean)
          .join('; '),
      ),
    ]),
    section('Mails', file.mails, (mail) => [
      element('h3', escaped(mail.subject)),
      facts([
        ['To', [name(mail.person), mail.to].filter(Boolean).join(', ')],
        ['State', mail.state],
        ['Planned for', when(mail.plannedFor)],
        ['Written', when(mail.createdAt)],
        ['Sent', when(mail.sentAt)],
        ['Trouble', mail.trouble ?? ''],
      ]),
      mail.text && quote(mail.text),
    ]),
    entriesOf(file, { when, name }),
  ].join('\n')
  return `<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>${escaped(title)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<main>\n${body}\n</main>\n</body>\n</html>\n`
}

/** "a week", "a person, from 2026-11-01", "everything" */
export function aboutInWords({ asked }: Pick<RecordFile, 'asked'>): string {
  const what = asked.week ? 'a week' : asked.by ? 'a person' : asked.from || asked.to ? 'a period' : 'all'
  return [what, asked.from && `from ${asked.from}`, asked.to && `to ${asked.to}`].filter(Boolean).join(' ')
}

function entriesOf(
  { entries }: RecordFile,
  { when, name }: { when(at: Date | null): string; name(person: { name: string } | null): string },
): string {
  const rows = entries.map(({ id, at, what, person, details, hash, erased }) =>
    element(
      'tr',
      [
        String(id),
        when(at),
        name(person) || 'By itself',
        what,
        erased
          ? 'Erased.'
          : Object.entries(details)
              .map(([field, value]) => `${field}: ${String(value)}`)
              .join('; '),
        hash,
      ]
        .map((cell) => element('td', escaped(cell)))
        .join(''),
    ),
  )
  const head = ['Entry', 'When', 'Who', 'What', 'Details', 'Hash'].map(
    (cell) => `<th scope="col">${cell}</th>`,
  )
  return (
    element('h2', 'Entries') +
    (rows.length === 0
      ? element('p', 'None.')
      : `<table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`)
  )
}

function section<One>(title: string, all: readonly One[], show: (one: One) => string[]): string {
  const shown = all.map((one) => element('section', show(one).join('')))
  return element('h2', escaped(title)) + (shown.join('\n') || element('p', 'None.'))
}

function list<One>(title: string, all: readonly One[], words: (one: One) => string): string {
  if (all.length === 0) return ''
  return (
    element('h4', escaped(title)) +
    element('ul', all.map((one) => element('li', escaped(words(one)))).join(''))
  )
}

function facts(pairs: [label: string, value: string][]): string {
  return element(
    'dl',
    pairs
      .filter(([, value]) => value !== '')
      .map(([label, value]) => `<div>${element('dt', escaped(label))}${element('dd', escaped(value))}</div>`)
      .join(''),
  )
}

function quote(text: string): string {
  return `<blockquote dir="auto">${escaped(text)}</blockquote>`
}

function element(tag: string, html: string): string {
  return `<${tag}>${html}</${tag}>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 Georgia, serif; margin: 0; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h2 { border-top: 2px solid; padding-top: .5rem; margin-top: 2.5rem; }
section { margin-block: 1.5rem; }
dl div { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: 0 1rem; }
dt { font-weight: bold; } dd { margin: 0; overflow-wrap: anywhere; }
blockquote { margin: .5rem 0; padding-inline-start: 1rem; border-inline-start: 3px solid; white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: .8rem; table-layout: fixed; }
th, td { border: 1px solid; padding: .25rem; text-align: start; vertical-align: top; overflow-wrap: anywhere; }
th:first-child { width: 3.5rem; }
@media (width < 40rem) { dl div { display: block; } table, tbody, tr, td { display: block; } thead { position: absolute; clip-path: inset(50%); } }
@media print { main { max-width: none; padding: 0; } section, tr { break-inside: avoid; } }
`
