import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { CONNECTION_STATES } from '../../src/accounts/account.ts'
import { DRAFT_STATES } from '../../src/drafts/draft.ts'
import { MAIL_STATES } from '../../src/mail/mail.ts'
import { DELIVERY_STATES } from '../../src/publishing/delivery.ts'
import { RECAP_STATES } from '../../src/recaps/recap.ts'
import { WEEK_STATES } from '../../src/rota/week.ts'
import { loadAssets } from '../../src/web/assets.ts'
import { buildAssets } from '../../src/web/build-assets.ts'
import { createHandlebars } from '../../src/web/view-helpers.ts'

const viewsDir = resolve('views')
const outdir = join(t.testdir(), 'assets')
const manifest = await buildAssets(outdir, process.cwd())
const assets = loadAssets(outdir)
const handlebars = createHandlebars({ assets, viewsDir })

const render = (template: string, model: unknown) => handlebars.compile(template)(model)
const built = (name: string) => readFileSync(join(outdir, manifest[name] ?? name), 'utf8')

const time = { iso: '2026-11-18T10:42:00Z', label: '10:42' }
const tag = { state: 'waiting', label: 'Goes out in 33 min' }
const portrait = { src: '/images/joseph.webp', size: 'small' }
const button = { label: 'Approve', kind: 'main', name: 'decision', value: 'approved', key: 'A' }
const words = [
  { text: 'Good morning.\nEleven visits today. ' },
  { text: '#MyWorkingWeek', href: 'https://x.example/h' },
]
const picture = {
  src: '/images/road.webp',
  alt: 'A red car',
  width: 960,
  height: 600,
  caption: 'The Skelby road',
  lazy: true,
}
const reply = {
  portrait: { initials: 'MD' },
  name: 'Margaret Dunn',
  handle: '@mdunn',
  time,
  url: 'https://x.example/1',
  words,
}
const fiveDays = {
  label: 'Wednesday, day three of five',
  days: [
    { letter: 'M', when: 'past' },
    { letter: 'T', when: 'now' },
    { letter: 'W', when: 'ahead' },
  ],
}
const field = {
  id: 'email',
  name: 'email',
  label: 'E-mail',
  hint: 'The invitation goes here.',
  error: 'Type an address.',
}

const models: Record<string, [model: object, ...shows: string[]]> = {
  'account-choice': [
    {
      handle: '@One',
      accounts: [
        { handle: '@One', href: '?account=1', current: true, brakes: [] },
        { handle: '@Two', href: '?account=2', brakes: [{ action: '/accounts/2/brake', of: '@Two' }] },
      ],
    },
    'aria-current="true">@One</a></li>',
    '>@Two</a> <form class="brake-button" method="post" action="/accounts/2/brake">',
  ],
  'as-posted': [
    {
      name: 'NorthDale Health',
      handle: '@NorthDaleHealth',
      portrait: { initials: 'ND' },
      answers: '@bedsandbobs',
      parts: [
        { text: 'One\n\ntwo', images: [picture] },
        {
          words: [
            { text: 'See ' },
            { text: 'https://a.org/', kind: 'link', shown: 'a.org', href: 'https://a.org/' },
          ],
          cut: ['https://b.org/a-long-path-to-it'],
        },
        { text: 'Three', signOff: '^JA', poll: { options: ['Yes', 'No'], length: '1 day' } },
      ],
    },
    'One\n\ntwo',
    'See <a class="entity" href="https://a.org/" rel="nofollow noreferrer">a.org</a>',
    '<b>Leads to</b> https://b.org/a-long-path-to-it',
    '<mark>^JA</mark>',
    'Answers @bedsandbobs',
  ],
  band: [
    { tag, text: 'Nothing goes out.', link: { href: '/today', label: 'Release the brake' } },
    'Nothing goes out.',
  ],
  brand: [{ href: '/today' }, 'href="/today"'],
  button: [button, 'data-kind="main"', 'name="decision" value="approved"', '<kbd>A</kbd>'],
  buttons: [
    { buttons: [button, { href: '/queue', label: 'Open the queue' }] },
    '<a class="button" href="/queue">',
  ],
  checklist: [
    {
      items: [
        { done: true, label: 'Accepted' },
        { done: false, label: 'Three drafts', note: 'one of three' },
      ],
    },
    'data-done="yes"',
    'To do: one of three',
  ],
  checks: [
    {
      checks: [
        { text: 'Fits.' },
        { level: 'advice', title: 'A number.', text: 'Take it out.' },
        {
          title: 'Near.',
          text: '',
          beside: [{ text: '9:00 “A”', state: 'held', href: '/x' }],
          more: 'and two more',
        },
      ],
    },
    'data-level="advice"',
    '9:00 “A” (<a href="/x">held</a>); and two more',
  ],
  clock: [{ iso: time.iso, time: '10:42', day: 'Wednesday 18 November', zone: 'London' }, '<b>10:42</b>'],
  csrf: [{}, 'name="_csrf"'],
  'day-heading': [
    {
      id: 'monday',
      title: 'Scraping',
      number: '16',
      date: { iso: '2026-11-16', label: 'Monday' },
      place: fiveDays,
      events: [{ name: 'Open day', time, place: 'Main hall', hashtag: '#Doors' }],
    },
    '<p class="day-event">Open day, <time',
    '<h2 id="monday">Scraping</h2>',
    'role="img"',
  ],
  'day-plan': [
    {
      withDays: true,
      entries: [
        { time, text: 'Now', when: 'now' },
        { time, text: 'Boots off', href: '/drafts/1', tag },
      ],
    },
    'data-when="now"',
    'data-state="waiting"',
  ],
  'date-list': [
    { events: [{ time, name: 'Flu clinic', place: 'Hallbeck village hall', hashtag: '#HallbeckJabs' }] },
    'Flu clinic',
    '<b>#HallbeckJabs</b>',
  ],
  'days-plan': [
    {
      days: [
        {
          id: 'day-1',
          when: 'now',
          letter: 'M',
          name: 'Monday',
          date: time,
          fold: true,
          note: 'Three posted.',
          events: [{ name: 'Open day', span: '10:00 to 13:00' }],
          items: [
            { time, words: 'Boots off', href: '/drafts/1', tag, links: [{ href: '#r', label: '2 replies' }] },
            { free: true, time, words: 'Free, write', href: '/drafts/new', describe: 'Write for 12:30' },
          ],
          write: { href: '/drafts/new', label: 'Write more', describe: 'Write for Monday' },
        },
      ],
    },
    '<summary>Three posted.</summary>',
    'aria-label="2 replies: Boots off"',
    'data-state="free"',
    'aria-label="Write for 12:30"',
  ],
  'move-form': [
    {
      action: '/drafts/1/time',
      version: 3,
      describe: 'Move: Boots off',
      asks: 'You are asked first.',
      select: { id: 'to-1', name: 'at', label: 'To', options: [{ value: 'x', label: 'Friday, 9:00' }] },
      aside: [{ value: 'y', label: 'A day later' }],
    },
    'aria-label="Move: Boots off"',
    'name="to" value="y"',
    'href="/drafts/1/time"',
  ],
  'own-fields': [
    {
      name: field,
      email: field,
      job: field,
      about: field,
      months: [{ name: 'May 2027', weeks: [{ value: '2027-05-03', label: '3 to 7', checked: true }] }],
      weeksWords: field,
      sample: { ...field, id: 'sample' },
      sampleChecked: {
        weight: 290,
        limit: 280,
        over: 10,
        checks: [{ level: 'advice', title: 'A number.', text: '' }],
      },
      sampleContext: '{}',
      sampleSeen: 'key',
    },
    'value="2027-05-03" checked',
    '10 too long',
    'name="sampleSeen" value="key"',
  ],
  'week-choice': [
    {
      months: [
        { name: 'May 2027', weeks: [{ value: '2027-05-03', label: '3 to 7', note: 'suits', checked: true }] },
      ],
    },
    'value="2027-05-03" checked',
    '<small>suits</small>',
  ],
  request: [
    {
      name: 'Rosa Bell',
      email: 'rosa@north.example',
      sample: 'Eleven miles.',
      suggestedBy: 'Tom',
      about: 'Ask her.',
      aboutLabel: 'Why them',
    },
    'Eleven miles.',
    '<dt>Suggested by</dt>',
    '<dt>Why them</dt>',
  ],
  empty: [
    { title: 'Nothing waits', text: 'All done.', action: { href: '/today', label: 'Back' } },
    'Nothing waits',
  ],
  envelope: [{ to: 'priya@northdale.example', note: 'Once.' }, 'priya@northdale.example'],
  'error-summary': [
    { title: 'One thing to put right', errors: [{ id: 'email', message: 'Type an address' }] },
    'href="#email"',
  ],
  'event-fields': [
    {
      events: [
        {
          number: 1,
          name: { ...field, id: 'events.0.name', value: 'Choir' },
          hashtag: field,
          place: field,
          day: {
            ...field,
            options: [{ value: '2026-11-26', label: 'Thursday 26 November', selected: true }],
          },
          from: { ...field, type: 'time' },
          lastDay: { ...field, options: [] },
          to: { ...field, type: 'time' },
          remove: { name: 'do', value: 'remove-event-0' },
        },
      ],
      mayAddEvent: true,
      openEvents: true,
    },
    'id="events.0.name"',
    '<legend>Event 1</legend>',
    'value="add-event"',
    'value="remove-event-0"',
    '<details class="more-fields" open>',
  ],
  'field-checkbox': [{ ...field, checked: true }, 'checked', 'aria-describedby="email-hint email-error"'],
  'field-choices': [
    {
      ...field,
      legend: 'What is this week?',
      type: 'radio',
      choices: [{ value: 'host', label: 'A host', checked: true }],
    },
    '<legend>What is this week?</legend>',
    'id="email" checked',
  ],
  'field-file': [
    { ...field, accept: 'image/png', multiple: true },
    'type="file" accept="image/png" multiple',
  ],
  'field-input': [
    { ...field, type: 'email', value: 'a"b', autocomplete: 'email', required: true },
    'type="email" value="a&quot;b"',
    'id="email-error"',
    'aria-invalid="true"',
  ],
  'field-select': [
    {
      ...field,
      options: [
        { value: '1', label: 'One' },
        { value: '2', label: 'Two', selected: true },
      ],
    },
    '<option value="2" selected>',
  ],
  'field-textarea': [{ ...field, value: '\n  kept', rows: 5 }, '>\n\n  kept</textarea>', 'rows="5"'],
  'what-was-typed': [
    { typed: [{ name: 'text', value: '\n  kept', rows: 2 }] },
    '>\n\n  kept</textarea>',
    'for="typed-0"',
  ],
  'five-days': [fiveDays, 'aria-label="Wednesday, day three of five"', 'data-day="now"'],
  flash: [
    { message: 'Approved.', level: 'advice', undo: { action: '/x', label: 'Undo' } },
    'Approved.',
    'name="_csrf"',
  ],
  'held-list': [
    {
      posts: [
        {
          text: 'What a bed weighs',
          href: '/drafts/a',
          by: 'Joseph Adeyemi',
          thread: 'a thread of two posts',
          due: time,
          past: true,
        },
        { text: 'The last walk', href: '/drafts/b', by: 'Helen Marsh', thread: null, due: time, past: false },
      ],
    },
    '<a href="/drafts/a">What a bed weighs</a>',
    'Joseph Adeyemi, was for <time',
    'a thread of two posts <span class="late">its time has passed</span>',
    'Helen Marsh, for <time',
  ],
  'live-form': [
    {
      action: '/weeks/1/live',
      id: 'x',
      text: 'Doors are open.',
      hash: '',
      alt: '',
      hashtag: true,
      hashtagName: '#NorthDaleOpen',
      signOff: '^JA',
      weight: 33,
      limit: 280,
      label: 'Post it',
      photo: null,
      errors: { text: 'Too long.' },
    },
    'Doors are open.',
    '#NorthDaleOpen',
    'aria-invalid="true" aria-describedby="text-error live-count"',
  ],
  mishap: [
    { title: 'There is nothing here', what: 'The address is wrong.', buttons: [button], note: 'Request 7' },
    '<h1>There is nothing here</h1>',
    'Request 7',
  ],
  'host-fields': [
    {
      name: { ...field, id: 'name', name: 'name', value: 'Siân O’Brien' },
      email: field,
      job: field,
      organisation: field,
      site: field,
      region: field,
      handle: field,
      signOff: field,
      biography: field,
      portrait: { ...field, accept: 'image/png' },
      portraitKept: { hash: 'abc', src: '/images/abc' },
    },
    'value="Siân O’Brien"',
    'name="portraitHash" value="abc"',
    'name="removePortrait"',
  ],
  'brake-buttons': [
    {
      brakes: [
        { action: '/accounts/a/brake', of: null },
        { action: '/accounts/b/brake', of: '@B' },
      ],
    },
    'method="post" action="/accounts/a/brake"',
    'brake</span></button>',
    'brake<span class="brake-of"> of @B</span></span></button>',
  ],
  'goes-unless-stopped': [
    {
      draftId: 'd1',
      why: 'Live posts need nobody’s decision here.',
      time,
      left: { label: 'in 8 minutes', seconds: 480 },
      mayStop: true,
    },
    'data-countdown="480">in 8 minutes',
    'action="/drafts/d1/stop"',
    'data-kind="danger"',
  ],
  'unless-stopped': [
    {
      items: [
        {
          id: 'd1',
          href: '/drafts/d1',
          excerpt: 'What a bed weighs',
          who: 'Joseph',
          time,
          left: { label: 'in 8 minutes', seconds: 480 },
          action: '/drafts/d1/stop',
          describe: 'Stop it: What a bed weighs',
        },
      ],
    },
    'data-countdown="480">in 8 minutes',
    'action="/drafts/d1/stop"',
    'aria-label="Stop it: What a bed weighs"',
  ],
  'masthead-menu': [
    {
      accountName: '@N',
      more: [{ href: '/rota', label: 'Rota', current: true }],
      person: { id: 'helen', name: 'Helen Marsh' },
    },
    '<li><a href="/rota" aria-current="page">Rota</a></li>',
    'popovertarget="menu"',
    'Helen Marsh',
  ],
  'accept-words': [
    { who: 'Helen Marsh', action: '/drafts/1/acceptance', version: 3 },
    'Helen Marsh wrote in your draft.',
    'name="version" value="3"',
  ],
  'part-comment-form': [
    {
      action: '/drafts/1/parts/1/comments',
      formId: 'c1',
      textId: 'text',
      suggestionId: 'suggestion',
      revision: 2,
      suggestion: 'As it is',
      hint: 'Change them.',
    },
    'name="revision" value="2"',
    '>\nAs it is</textarea>',
  ],
  'queue-keys': [{ together: true }, '<kbd>X</kbd>', 'aria-labelledby="all-keys-title"'],
  'next-up': [
    { id: 'next', title: 'Next, at', time, text: 'What a bed weighs.', tag, buttons: [button] },
    'What a bed weighs.',
  ],
  'same-person': [
    { name: 'Priya Nair', email: 'priya@north.example', asked: 'p.nair@gmail.example' },
    'Is this Priya Nair, priya@north.example?',
    'name="same" value="priya@north.example"',
    'name="asked" value="p.nair@gmail.example"',
  ],
  'passkey-sign-in': [{}, 'data-passkey="use"', 'role="alert"'],
  'page-title': [
    { title: 'Queue', lead: 'Three wait.', days: fiveDays, context: 'Joseph’s week' },
    '<h1>Queue</h1>',
    'Three wait.',
  ],
  pager: [{ label: 'Recaps', newer: { href: '?page=1', label: 'Newer' } }, '>Newer</a>'],
  person: [{ portrait, name: 'Mei Lin Chan', detail: 'radiographer' }, 'Mei Lin Chan', 'alt=""'],
  image: [
    { ...picture, moving: '/images/road.webp/moving' },
    '<summary><span>Play the GIF</span><span>Stop the GIF</span></summary><img src="/images/road.webp/moving"',
  ],
  picture: [picture, 'alt="A red car"', 'Image description'],
  portrait: [{ initials: 'CH' }, '>CH</span>'],
  chart: [
    {
      title: 'Posts and replies',
      label: 'Bar chart. Monday: 8 posts.',
      width: 440,
      height: 156,
      floor: 130.5,
      bars: [{ x: 5, y: 44, width: 20, height: 86, second: true }],
      path: 'M0,0H10',
      texts: [{ x: 15, y: 150, text: 'Mon' }],
      legend: [{ x: 300, textX: 317, text: 'posts' }],
      table: { caption: 'By day', head: ['Day', 'Posts'], rows: [{ name: 'Monday', cells: [8] }] },
    },
    'role="img" aria-label="Bar chart. Monday: 8 posts."',
    '<rect class="chart-second" fill="currentColor" x="5"',
    '<th scope="row">Monday</th><td>8</td>',
  ],
  'word-cloud': [
    {
      label: 'Word cloud. Said most: kettle.',
      width: 300,
      height: 100,
      cloud: [{ text: 'kettle', x: 4, y: 60, size: 60, width: 170, rank: 1 }],
      list: [{ text: 'kettle', count: '9 posts' }],
    },
    'textLength="170"',
    '<li>kettle, 9 posts</li>',
  ],
  'live-run': [
    {
      id: 'live-flu',
      titleId: 'live-flu-title',
      name: 'Live from the flu clinic',
      place: 'Village hall',
      startsAt: time,
      endsAt: time,
      count: 'Two posts',
      items: [{ post: { id: 'p7', time, parts: [{ words }] } }, { mention: { ...reply, id: 'p8' } }],
    },
    'aria-labelledby="live-flu-title"',
    'Two posts.',
    '<article class="reply" id="p8"',
  ],
  mention: [
    {
      ...reply,
      id: 'p9',
      repliesLabel: 'Answered',
      replies: [reply],
      moreReplies: { label: '1 more', replies: [reply] },
    },
    '<article class="reply" id="p9"',
    '<p class="replies-label">Answered</p>',
    '<summary>1 more</summary>',
  ],
  post: [
    {
      id: 'p1',
      time,
      author: { name: 'NorthDale Health', handle: '@NorthDaleHealth' },
      url: 'https://x.example/2',
      network: 'X',
      linkLabel: 'This post on X',
      thread: true,
      parts: [
        { words, pictures: [picture] },
        { words, signOff: '^RE' },
      ],
      foot: '12 replies.',
      replies: [reply],
      moreReplies: { label: '1 more', replies: [reply] },
    },
    'class="post thread" id="p1"',
    '<meta itemprop="name" content="NorthDale Health">',
    'Good morning.\nEleven',
    'Margaret Dunn',
    '<summary>1 more</summary>',
  ],
  reply: [{ ...reply, tag }, '<cite itemprop="name">Margaret Dunn</cite>'],
  'said-of-draft': [
    { said: [{ who: 'Helen Marsh', did: 'asked for changes', text: 'Shorter, please.', time }] },
    'Shorter, please.',
    'Helen Marsh asked for changes',
  ],
  'story-differences': [
    {
      differences: [
        { id: 'd-0', label: 'Post of 7:42', note: 'Other words', words: [{ text: 'Boots', went: true }] },
      ],
    },
    '<h3 id="d-0">Post of 7:42</h3>',
    '<del>Boots</del>',
  ],
  'recap-list': [
    {
      recaps: [
        {
          title: 'One more step',
          who: 'Huw Pritchard, physiotherapist',
          days: { iso: '2026-10-26', label: '26 to 30 October 2026' },
          href: '/@N/weeks/2026-10-26',
          portrait: { initials: 'HP' },
        },
      ],
    },
    'href="/@N/weeks/2026-10-26"',
    'Huw Pritchard',
  ],
  'rota-list': [
    {
      lines: [
        {
          when: { iso: '2026-11-23', label: '23 to 27 Nov' },
          name: 'Priya Nair',
          portrait,
          href: '/@N/weeks/x',
        },
        { when: { iso: '2026-11-30', label: '30 Nov to 4 Dec' }, gap: true },
        { when: { iso: '2026-12-07', label: '7 to 11 Dec' }, hiatus: true },
      ],
      askHref: '#part',
    },
    'Priya Nair',
    'href="#part"',
    'A break.',
  ],
  'sandbox-line': [
    { now: 'Wednesday 18 November, 10:42', short: 'Wed 18 Nov, 10:42' },
    'It is Wednesday 18 November, 10:42.',
    '<span data-narrow>Wed 18 Nov, 10:42</span>',
  ],
  'share-tags': [
    {
      canonical: 'https://weeks.example.org/@NorthDaleHealth/rota',
      share: { type: 'website', title: 'Who comes next', description: 'The coming weeks.' },
    },
    '<meta property="og:title" content="Who comes next">',
    '<meta property="og:description" content="The coming weeks.">',
    '<meta name="twitter:card" content="summary">',
  ],
  'section-title': [
    { id: 'waits', title: 'Waits', link: { href: '/queue', label: 'Open' }, note: '3' },
    '<h2 id="waits">',
  ],
  'stat-sentence': [
    { words: [{ text: '42', strong: true }, { text: ' posts' }] },
    '<strong>42</strong> posts',
  ],
  steps: [{ steps: [{ title: 'Write', text: 'On your phone.' }] }, '<h3>Write</h3>'],
  tag: [tag, '<span class="tag" data-state="waiting">Goes out in 33 min</span>'],
  time: [time, '<time datetime="2026-11-18T10:42:00Z">10:42</time>'],
  'time-line': [
    {
      entries: [
        { when: 'past', title: 'Offer', text: 'of two weeks', time, note: 'read', tag },
        { when: 'stopped', title: 'Held', text: 'It came too late.', sentence: true },
      ],
    },
    '<b>Offer</b>, of two weeks',
    '<b>Held</b>: It came too late.',
  ],
  'week-strip': [
    {
      label: 'Days',
      days: [{ letter: 'M', when: 'past', title: 'Scraping', date: time, note: '8 posts', href: '#monday' }],
    },
    '<nav class="week-strip"',
    '8 posts',
  ],
  words: [{ words, signOff: '^RE' }, 'Eleven visits today. <a href="https://x.example/h" rel="nofollow">'],
}

// Partials that take content between their tags are shown by those that use them.
const frames = ['field-around', 'masthead-nav', 'panel']

await t.test('every partial renders what its comment says it takes', async (t) => {
  const partials = readdirSync(join(viewsDir, 'partials')).map((file) => file.replace('.hbs', ''))
  t.same(partials.toSorted(), [...Object.keys(models), ...frames].toSorted(), 'each has a model here')
  for (const [name, [model, ...shows]] of Object.entries(models)) {
    const source = readFileSync(join(viewsDir, 'partials', `${name}.hbs`), 'utf8')
    t.match(source, /^\{\{!--/, `${name} says what it takes`)
    const html = render(`{{> ${name} this}}`, model)
    for (const piece of shows) t.ok(html.includes(piece), `${name} shows ${piece}`, { html })
    t.notMatch(html, /\{\{| style=|undefined|\[object/, `${name} is whole`)
  }
})

await t.test('a partial sees only what it is given', async (t) => {
  t.notMatch(render('{{> empty title="Nothing"}}', { text: 'of the page' }), 'of the page')
})

await t.test('a panel frames what stands between its tags', async (t) => {
  const html = render(
    '{{#> panel id="booking" title="Book" close="/rota"}}<form id="{{id}}-form"></form>{{/panel}}',
    {},
  )
  t.match(
    html,
    /<dialog class="panel" id="booking" open.*data-closes href="\/rota".*<form id="booking-form">/s,
  )
})

await t.test('the layouts frame a page', async (t) => {
  const desk = handlebars.compile(readFileSync(join(viewsDir, 'layouts/desk.hbs'), 'utf8'))
  const html = desk({
    title: 'Queue',
    mood: 'desk',
    page: 'editing',
    home: '/today',
    accountName: '@NorthDaleHealth',
    nav: [{ href: '/queue', label: 'Queue', count: 3, current: true }],
    person: { id: 'helen', name: 'Helen Marsh' },
    csrf: 'token',
    more: [{ href: '/people', label: 'People' }],
    sandbox: { now: 'Wednesday 18 November, 10:42', short: 'Wed 18 Nov, 10:42' },
    flash: { message: 'Approved.' },
    body: '<h1>Queue</h1>',
  })
  t.ok(html.startsWith('<!doctype html>'))
  for (const piece of [
    '<title>Queue · My Working Week</title>',
    '<body class="desk editing" data-signed-in="helen">',
    'aria-current="page">Queue <span class="count">3</span>',
    'action="/sign-out"',
    'name="_csrf" value="token"',
    'Helen Marsh',
    '10:42',
    'Approved.',
    '<h1>Queue</h1>',
    assets.path('desk.js'),
  ]) {
    t.ok(html.includes(piece), piece)
  }

  const magazine = handlebars.compile(readFileSync(join(viewsDir, 'layouts/magazine.hbs'), 'utf8'))
  const page = magazine({
    title: 'Finding the word',
    canonical: 'https://weeks.example/@N/weeks/2026-11-23',
    share: {
      type: 'article',
      title: 'Finding the word',
      description: 'Priya Nair',
      image: 'https://weeks.example/s.png',
      imageAlt: 'Finding the word',
    },
    feed: { href: '/@N/feed.xml', title: 'Recaps' },
    home: '/',
    nav: [{ href: '/@N', label: 'This week' }],
    colophon: {
      links: [{ href: '/@N/rota.ics', label: 'Calendar', type: 'text/calendar' }],
      contact: 'weeks@northdale.example',
    },
    body: '<h1>Finding the word</h1>',
  })
  t.notMatch(page, '<script', 'followers need no script')
  for (const piece of [
    '<html lang="en-GB">',
    'rel="canonical" href="https://weeks.example/@N/weeks/2026-11-23"',
    'property="og:image"',
    'name="twitter:card" content="summary_large_image"',
    'type="application/atom+xml"',
    'href="/accessibility"',
    'href="/privacy"',
    'mailto:weeks@northdale.example',
  ]) {
    t.ok(page.includes(piece), piece)
  }
})

await t.test('what cannot be meant throws', async (t) => {
  t.throws(() => assets.path('nothing.css'), {
    message: 'There is no asset called "nothing.css". Run "npm run build".',
  })
  t.throws(() => render('{{asset nothing}}', {}), /asset/)
  t.throws(() => render('{{> field-input label="E-mail"}}', {}), /describedBy/)
})

await t.test('the style sheets are built whole and from here', async (t) => {
  for (const name of ['desk.css', 'magazine.css']) {
    const css = built(name)
    t.match(css, '@layer reset,tokens,base,layout,components,pages', `${name} keeps the order of its layers`)
    t.match(css, 'light-dark(', `${name} keeps light-dark()`)
    t.notMatch(css, /url\(["']?(https?:|\/\/|data:)/, `${name} asks nobody else`)
    t.notMatch(css, '@import', `${name} is one file`)
  }
  const deskOnly = [
    'tag',
    'field',
    'queue',
    'day-plan',
    'panel',
    'part',
    'brake',
    'slot',
    'record',
    'edit-bar',
    'live-form',
  ]
  for (const component of deskOnly) {
    const selector = new RegExp(`\\.${component}[^\\w-]`)
    t.match(built('desk.css'), selector, `the desk has .${component}`)
    t.notMatch(built('magazine.css'), selector, `followers do not load .${component}`)
  }
})

await t.test('every state of the domain has its tag', async (t) => {
  const css = readFileSync(join(viewsDir, 'assets/components/tag.css'), 'utf8')
  const states = [
    DRAFT_STATES,
    DELIVERY_STATES,
    WEEK_STATES,
    MAIL_STATES,
    RECAP_STATES,
    CONNECTION_STATES,
  ].flat()
  for (const state of new Set(states)) t.ok(css.includes(`[data-state="${state}"]`), state)
})

await t.test('text can be read in both schemes', async (t) => {
  const tokens = readFileSync(join(viewsDir, 'assets/tokens.css'), 'utf8')
  const colours = new Map(
    [...tokens.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
      name,
      { light, dark },
    ]),
  )
  const pairs: [text: string, ground: string, least: number][] = [
    ...['paper', 'sheet', 'shade'].flatMap((ground): [string, string, number][] =>
      ['ink', 'quiet', 'teal', 'brick', 'amber', 'green'].map((text) => [text, ground, 4.5]),
    ),
    ...['teal', 'brick', 'amber', 'green'].flatMap((colour): [string, string, number][] => [
      [colour, `${colour}-tint`, 4.5],
      ['ink', `${colour}-tint`, 4.5],
    ]),
    ['on-colour', 'teal', 4.5],
    ['paper', 'ink', 4.5],
    ['edge', 'paper', 3],
    ['edge', 'sheet', 3],
  ]
  for (const scheme of ['light', 'dark'] as const) {
    for (const [text, ground, least] of pairs) {
      const ratio = contrast(colours.get(text)?.[scheme] ?? '', colours.get(ground)?.[scheme] ?? '')
      t.ok(ratio >= least, `${text} on ${ground}, ${scheme}: ${ratio.toFixed(2)}`)
    }
  }
})

/** WCAG 2.2, "contrast ratio", of two colours as #rrggbb. */
function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
