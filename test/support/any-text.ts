import fc from 'fast-check'

const SCRIPTS = [
  'Ward four ',
  'Ünïcodé ',
  'Ärzte und Pfleger ',
  'Γειά σου ',
  'Здравствуйте ',
  'صباح الخير ',
  'בוקר טוב ',
  'नमस्ते ',
  'สวัสดี',
  '今日は良い日。',
  '안녕하세요 ',
  'Ḻ́̂ ',
]
const EMOJI = ['😀', '👩‍⚕️', '👨‍👩‍👧‍👦', '🇬🇧', '👍🏽', '1️⃣', '❤️', '🏴󠁧󠁢󠁷󠁬󠁳󠁿']
const LINKS = [
  'https://northdale.org/a?b=1&c=2#d',
  'http://x.org',
  'northdale.org',
  'www.nhs.uk/conditions.',
  'a.co.uk/x(y)',
  'example.museum',
  'https://t.co/abcdefghij',
  'not.a.domainn',
]
const OTHER = [
  '#NHS',
  '@bedsandbobs',
  '$ABC',
  '^JA',
  '1/5',
  '3.50',
  'Dr. ',
  '. ',
  '! ',
  '? ',
  ', ',
  '\n',
  '\n\n',
  '&lt;',
  '<b>',
  '  ',
]

/** Any text that somebody may write: all scripts, emoji of several characters, links, bare domains, and single odd characters. */
export function anyText({ most }: { most: number }): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...SCRIPTS) },
    { weight: 2, arbitrary: fc.constantFrom(...EMOJI) },
    { weight: 2, arbitrary: fc.constantFrom(...LINKS).map((link) => `${link} `) },
    { weight: 1, arbitrary: fc.constantFrom(...LINKS) },
    { weight: 4, arbitrary: fc.constantFrom(...OTHER) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  )
  return fc.array(piece, { maxLength: 120 }).map((pieces) => {
    let text = ''
    for (const next of pieces) if (text.length + next.length <= most) text += next
    return text
  })
}
