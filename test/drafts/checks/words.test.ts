import t from 'tap'
import type { CheckKind } from '../../../src/accounts/check-rules.ts'
import { checkWords, NO_CONTEXT, type CheckContext } from '../../../src/drafts/checks/check-words.ts'
import { eventsUntold } from '../../../src/drafts/checks/event-hashtag.ts'
import { keyOf } from '../../../src/drafts/checks/finding.ts'
import { ORDINARY_POSTS } from '../ordinary-posts.ts'

const HASH = 'a'.repeat(64)
const found = (text: string, kind: CheckKind, context: Partial<CheckContext> = {}) =>
  checkWords({ parts: [{ text, images: [] }] }, { ...NO_CONTEXT, ...context })
    .filter((finding) => finding.kind === kind)
    .map(({ excerpt }) => excerpt)

/** Hits with what is found, misses with nothing. */
const TABLES: Partial<Record<CheckKind, [text: string, ...found: string[]][]>> = {
  'nhs-number': [
    ['call 943 476 5919 now', '943 476 5919'],
    ['9434765919', '9434765919'],
    ['943-476-5919', '943-476-5919'],
    ['(NHS no 401 023 2137)', '401 023 2137'],
    ['two: 943 476 5919, 401 023 2137', '943 476 5919', '401 023 2137'],
    ['943 476 5918'],
    ['19434765919'],
    ['943 476 5919 0'],
    ['0113 496 0999'],
    ['+44 943 476 5919'],
    ['+44 (0)943 476 5919'],
    ['0000000000 and 111 111 1111'],
    ['https://northdale.example/9434765919'],
    ['943 4765919'],
  ],
  'date-of-birth': [
    ['DOB 12/03/1962', 'DOB 12/03/1962'],
    ['d.o.b: 12.3.62', 'd.o.b: 12.3.62'],
    ['Date of birth 12 March 1962, please check', 'Date of birth 12 March 1962'],
    ['she was born on 1st June 1987 in Leeds', 'born on 1st June 1987'],
    ['born March 12, 1962', 'born March 12, 1962'],
    ['Mr X, 12/03/1962, is going home', '12/03/1962'],
    ['born on 5 July 1949', 'born on 5 July 1949'],
    ['the NHS was born on 5 July 1948'],
    ['The NHS, born 5/7/1948'],
    ['Mary Seacole was born in 1805'],
    ['our party is on 12/03/2027'],
    ['opened on 12 March 1962'],
    ['version 12.03.1962.4'],
    ['99/99/1962 is no day'],
    ['a baby was born on Tuesday'],
  ],
  'hospital-number': [
    ['hospital number 1234567', 'hospital number 1234567'],
    ['Hosp no: K123456', 'Hosp no: K123456'],
    ['MRN 00123456', 'MRN 00123456'],
    ['patient ID is RX 449 3321', 'patient ID is RX 449 3321'],
    ['patient number: AB12345', 'patient number: AB12345'],
    ['the patient is K1234567', 'patient is K1234567'],
    ['our hospital number one priority is you'],
    ['hospital no 1 in the county'],
    ['ISRCTN12345678'],
    ['unit number 12 is closed'],
    ['patient safety award SC012345 goes to a charity'],
    ['MRNA vaccines'],
  ],
  'phone-number': [
    ['ring me on 07700 900123', '07700 900123'],
    ['07700900123', '07700900123'],
    ['+44 7700 900 123', '+44 7700 900 123'],
    ['+44 (0)7700 900123', '+44 (0)7700 900123'],
    ['ward: 0113 496 0999', '0113 496 0999'],
    ['(020) 7946 0018', '(020) 7946 0018'],
    ['020-7946-0018.', '020-7946-0018'],
    ['call 111'],
    ['Samaritans: 116 123'],
    ['0800 123 4567'],
    ['0300 123 4567'],
    ['0345 123 4567'],
    ['0.1234567890'],
    ['a cohort of 01,234,567,890'],
    ['https://northdale.example/07700900123'],
    ['10.1136/01234567890'],
  ],
  'email-address': [
    ['joe.bloggs@northdale.example', 'joe.bloggs@northdale.example'],
    ['mail j-b+1@mail.nhs.uk.', 'j-b+1@mail.nhs.uk'],
    ['info@northdale.example'],
    ['Comms.Team@northdale.example'],
    ['pals@northdale.example'],
    ['@northdale is us'],
    ['5@10 pounds'],
  ],
  'post-code': [
    ['LS1 3EX', 'LS1 3EX'],
    ['SW1A2AA', 'SW1A2AA'],
    ['she lives in ls9 7tf', 'ls9 7tf'],
    ['M1 1AE', 'M1 1AE'],
    ['vitamin B12 2nd dose'],
    ['B12 5MG'],
    ['C19 3AB'],
    ['LS1'],
    ['NG143'],
    ['T2 3AB'],
    ['band e5 2pm'],
  ],
  'hashtag-capitals': [
    ['#patientsafety', '#patientsafety'],
    ['#Patientsafety', '#Patientsafety'],
    ['#PATIENTSAFETY', '#PATIENTSAFETY'],
    ['#nhswales', '#nhswales'],
    ['#worldmentalhealthday', '#worldmentalhealthday'],
    ['#nursesday2026', '#nursesday2026'],
    ['#PatientSafety'],
    ['#healthcare'],
    ['#wellbeing'],
    ['#sepsis'],
    ['#midwifery'],
    ['#leeds'],
    ['#outpatients'],
    ['#EndPJparalysis'],
    ['#llangefni'],
    ['#flujab'],
  ],
  shouting: [
    ['PLEASE READ THIS NOW', 'PLEASE READ THIS NOW'],
    ['Come to our AMAZING OPEN DAY', 'AMAZING OPEN DAY'],
    ['STOP! LOOK, LISTEN', 'STOP! LOOK, LISTEN'],
    ['THANK YOU all'],
    ['NHS ICB CAMHS PALS'],
    ['NICE, COVID and MRSA'],
    ['A GP in ED'],
    ['#BLACKLIVESMATTER #ALLLIVESMATTER'],
    ['@NHSENGLAND @PUBLICHEALTH'],
  ],
  'rude-word': [
    ['what the fuck', 'fuck'],
    ['What a load of Bollocks!', 'Bollocks'],
    ['f**k this sh*t', 'f**k', 'sh*t'],
    ['Scunthorpe and Penistone'],
    ['a finger prick'],
    ['bloody diarrhoea'],
    ['the class of Hancock'],
    ['Dick retires'],
    ['arsenic and shiitake'],
    ['2 * 3 ** 4'],
  ],
}

for (const [kind, table] of Object.entries(TABLES) as [CheckKind, [string, ...string[]][]][])
  t.test(`what is found and what is not: ${kind}`, async (t) => {
    for (const [text, ...expected] of table) t.same(found(text, kind), expected, text)
    t.ok(table.some(([, first]) => first) && table.some(([, first]) => !first), 'hits and misses')
  })

t.test('descriptions that describe nothing', async (t) => {
  const lazy = (alt: string, text = 'Good morning') =>
    checkWords({ parts: [{ text, images: [{ hash: HASH, alt }] }] }, NO_CONTEXT)
      .filter(({ kind }) => kind === 'lazy-alt')
      .map(({ title }) => title.replace(/^“.*” /, ''))
  const cases: [alt: string, why: string | null][] = [
    ['image', 'says only that there is a picture.'],
    ['A photo.', 'says only that there is a picture.'],
    ['photo 2', 'says only that there is a picture.'],
    ['alt text', 'says only that there is a picture.'],
    ['N/A', 'says only that there is a picture.'],
    ['IMG_1234', 'is the name of a file.'],
    ['IMG-20260101-WA0007', 'is the name of a file.'],
    ['DSC00012.JPG', 'is the name of a file.'],
    ['my holiday in the lakes.png', 'is the name of a file.'],
    ['Screenshot 2026-01-02 at 10.11.12', 'is the name of a file.'],
    ['WhatsApp Image 2026-01-02 at 10.11.12 pm', 'is the name of a file.'],
    ['Nurses', 'is a single word.'],
    ['Good morning', 'repeats the text.'],
    ['', null],
    ['Photo of a nurse with a yellow balloon', null],
    ['Two porters by lift 4', null],
    ['Poster: wash your hands for 20 seconds', null],
  ]
  for (const [alt, why] of cases)
    t.same(lazy(alt), why ? [why] : [], alt || 'none: it has to be written anyway')
})

t.test('each picture is asked about by its bytes, and not before it is kept', async (t) => {
  const asked = (...hashes: string[]) =>
    checkWords(
      { parts: [{ text: 'x', images: hashes.map((hash) => ({ hash, alt: 'A bed by a window' })) }] },
      NO_CONTEXT,
    ).map(({ key }) => key)
  t.same(asked(HASH, 'b'.repeat(64), HASH), [
    keyOf('people-in-picture', HASH),
    keyOf('people-in-picture', 'b'.repeat(64)),
  ])
  t.same(asked(''), [])
})

t.test('what the account says of itself is no finding', async (t) => {
  const known = 'Ring 0113 496 0999 or write to joe.bloggs@northdale.example, LS1 3EX'
  t.same(found('Ring 0113 4960999', 'phone-number', { known }), [])
  t.same(found('Ring +44 113 496 0999', 'phone-number', { known }), [])
  t.same(found('Ring 0113 496 0998', 'phone-number', { known }), ['0113 496 0998'])
  t.same(found('Joe.Bloggs@northdale.example', 'email-address', { known }), [])
  t.same(found('LS13EX', 'post-code', { known }), [])
  t.same(found('#patientsafety', 'hashtag-capitals', { tags: ['#patientsafety'] }), [])
})

t.test('descriptions are read too, and a check that is off says nothing', async (t) => {
  const content = { parts: [{ text: '', images: [{ hash: HASH, alt: 'A wristband: 943 476 5919' }] }] }
  const kinds = (levels: CheckContext['rules']['levels']) =>
    checkWords(content, { ...NO_CONTEXT, rules: { levels, secondApprover: false } }).map(
      ({ kind, image }) => [kind, image],
    )
  t.same(kinds({}), [
    ['nhs-number', 0],
    ['people-in-picture', 0],
  ])
  t.same(kinds({ 'nhs-number': 'off' }), [['people-in-picture', 0]])
})

t.test('an answer belongs to the words, whatever their case and blanks', async (t) => {
  t.equal(keyOf('nhs-number', '943 476 5919'), keyOf('nhs-number', '943-4765919'))
  t.equal(keyOf('shouting', 'READ  THIS\nNOW'), keyOf('shouting', 'read this now'))
  t.not(keyOf('nhs-number', '943 476 5919'), keyOf('phone-number', '943 476 5919'))
  t.not(keyOf('email-address', 'a.b@c.example'), keyOf('email-address', 'ab@c.example'))
})

t.test('an event’s hashtag, while it goes on', async (t) => {
  const event = (hashtag: string) => ({
    name: 'Care day',
    hashtag,
    startsAt: new Date('2026-11-18T10:00:00Z'),
    endsAt: new Date('2026-11-18T12:00:00Z'),
  })
  const cases: [texts: string[], hashtag: string, at: string, missing: boolean][] = [
    [['Here we are'], '#CareDay', '11:00', true],
    [['Here we are'], '#CareDay', '10:00', true],
    [['Here we are'], '#CareDay', '12:00', true],
    [['Here we are'], '#CareDay', '09:59', false],
    [['Here we are'], '#CareDay', '12:01', false],
    [['Here we are #careday!'], '#CareDay', '11:00', false],
    [['One', 'two #CareDay'], '#CareDay', '11:00', false],
    [['#CareDays'], '#CareDay', '11:00', true],
    [['#CareDays, well, #CareDay'], '#CareDay', '11:00', false],
    [['Here we are'], '', '11:00', false],
  ]
  for (const [texts, hashtag, at, missing] of cases)
    t.equal(
      eventsUntold(texts, [event(hashtag)], new Date(`2026-11-18T${at}:00Z`)).length > 0,
      missing,
      `${texts.join(' / ')} ${hashtag} ${at}`,
    )
})

t.test('of a hundred ordinary posts at most two are stopped at', async (t) => {
  t.equal(new Set(ORDINARY_POSTS).size, 100)
  const alarms = ORDINARY_POSTS.flatMap((text) =>
    checkWords({ parts: [{ text, images: [] }] }, NO_CONTEXT).map(({ title }) => `${title} In: ${text}`),
  )
  for (const alarm of alarms) t.comment(alarm)
  t.ok(alarms.length <= 2, `${alarms.length} false alarms`)
})

t.test('a long text costs little', async (t) => {
  const started = process.hrtime.bigint()
  for (const text of [
    '0 '.repeat(2000),
    'A '.repeat(2000),
    '#'.repeat(4000),
    'a@'.repeat(2000),
    'hospital no '.repeat(330),
    '1.'.repeat(2000),
    `hospital no ${'1'.repeat(3900)}_`,
    `${'a'.repeat(3999)}@`,
    'AAAA-'.repeat(800),
  ])
    checkWords({ parts: [{ text, images: [{ hash: HASH, alt: text }] }] }, NO_CONTEXT)
  const ms = Number(process.hrtime.bigint() - started) / 1e6
  t.ok(ms < 1500, `${ms.toFixed(0)} ms for the worst of them`)
})
