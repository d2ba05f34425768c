import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

/** What a link to a week shows elsewhere. */
export interface ShareCard {
  title: string
  /** "Ruth Ellwood"; empty for nobody. */
  host: string
  job: string
  handle: string
  /** "9 to 13 November 2026" */
  dates: string
  /** The letters of the week's days. */
  days: string[]
  /** A square JPEG; null where there is none. */
  portrait: Buffer | null
}

/** As networks and messengers show it largest, in pixels. */
export const SHARE_SIZE = { width: 1200, height: 630 }

const PAPER = '#fbf8f3'
const INK = '#1c2333'
const QUIET = '#5b6375'
const TEAL = '#0b6e69'
const RULE = '#e6b8a6'
/** As our fonts come: a file for each script and its rarer letters. */
const SERIF_LETTERS = ['latin', 'latin-ext', 'vietnamese']
const SANS_LETTERS = [...SERIF_LETTERS, 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext']
const SANS = SANS_LETTERS.map((letters) => `Source Sans 3 ${letters}`).join(', ')
/** For letters that the serif does not have the sans stands in. */
const SERIF = [...SERIF_LETTERS.map((letters) => `Fraunces ${letters}`), SANS].join(', ')

/**
 * The week's picture for links, as a PNG: host, theme, dates. A text is left out when our fonts have not all letters of it: half
 * a sentence would be worse than none. A sign that they have not is left out alone.
 */
export async function drawShareImage(card: ShareCard): Promise<Buffer> {
  const missing = new Set<string>()
  const first = await draw(card, missing)
  const svg = missing.size === 0 ? first : await draw(withoutLetters(card, missing), missing)
  return sharp(Buffer.from(svg)).png({ palette: true, quality: 90 }).toBuffer()
}

/** As SVG; `missing` gets what no font of ours has. */
async function draw(card: ShareCard, missing: Set<string>): Promise<string> {
  // Drawing is rare, and its library takes a while to load.
  const { default: satori } = await import('satori')
  return satori(layOut(card), {
    ...SHARE_SIZE,
    fonts: await fonts(),
    loadAdditionalAsset: async (_language, text) => {
      for (const one of text) missing.add(one)
      return []
    },
  })
}

function withoutLetters(card: ShareCard, missing: ReadonlySet<string>): ShareCard {
  const drawable = (words: string) => {
    const signs = Array.from(words)
    if (signs.some((one) => missing.has(one) && /\p{L}/u.test(one))) return ''
    return signs.filter((one) => !missing.has(one)).join('')
  }
  return { ...card, title: drawable(card.title), host: drawable(card.host), job: drawable(card.job) }
}

type Style = Record<string, string | number>
interface Piece {
  type: string
  props: { style: Style; children?: unknown; src?: string; width?: number; height?: number }
}

function layOut({ title, host, job, handle, dates, days, portrait }: ShareCard): Piece {
  const heading = drawable(title) || `@${handle}`
  const words = [
    row({ alignItems: 'center', gap: 22 }, [
      row({ gap: 7 }, days.map(square)),
      text(dates, { fontSize: 28, color: QUIET }),
    ]),
    text(heading, {
      fontFamily: SERIF,
      fontSize: sizeOf(heading),
      lineHeight: 1.02,
      letterSpacing: '-0.025em',
      lineClamp: 4,
      marginTop: 30,
    }),
    ...(drawable(host) ? [text(drawable(host), { fontSize: 36, fontWeight: 600, marginTop: 34 })] : []),
    ...(drawable(job) ? [text(drawable(job), { fontSize: 32, color: QUIET, lineClamp: 1 })] : []),
  ]
  const face: Piece[] = portrait
    ? [
        {
          type: 'img',
          props: {
            src: `data:image/jpeg;base64,${portrait.toString('base64')}`,
            width: 350,
            height: 350,
            style: { borderRadius: 22, objectFit: 'cover', flexShrink: 0 },
          },
        },
      ]
    : []
  return column({ width: '100%', height: '100%', background: PAPER, color: INK, fontFamily: SANS }, [
    row({ flexGrow: 1, alignItems: 'center', gap: 56, padding: '0 72px' }, [
      ...face,
      column({ flexGrow: 1, flexBasis: 0, justifyContent: 'center' }, words),
    ]),
    row(
      {
        justifyContent: 'space-between',
        alignItems: 'center',
        margin: '0 72px',
        padding: '22px 0 30px',
        borderTop: `2px solid ${RULE}`,
      },
      [
        text(`@${handle}`, { fontSize: 30, fontWeight: 600, color: TEAL }),
        text('My Working Week', { fontSize: 28, color: QUIET }),
      ],
    ),
  ])
}

function square(letter: string): Piece {
  return row(
    {
      width: 34,
      height: 34,
      borderRadius: 5,
      background: INK,
      color: PAPER,
      fontSize: 20,
      fontWeight: 600,
      alignItems: 'center',
      justifyContent: 'center',
    },
    letter,
  )
}

function row(style: Style, children: unknown): Piece {
  return { type: 'div', props: { style: { display: 'flex', ...style }, children } }
}

function column(style: Style, children: unknown): Piece {
  return row({ flexDirection: 'column', ...style }, children)
}

function text(words: string, style: Style): Piece {
  return { type: 'div', props: { style: { display: 'block', ...style }, children: words } }
}

/** The longer a title or its longest word, the smaller its letters: it stays within four lines. */
function sizeOf(title: string): number {
  const longest = Math.max(...title.split(' ').map((word) => word.length))
  const length = Math.max(title.length, longest * 3)
  return length <= 26 ? 92 : length <= 50 ? 74 : length <= 90 ? 58 : 46
}

/** Drawn by other fonts, or not at all. */
const NOT_DRAWN = /[\p{Extended_Pictographic}\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu

function drawable(words: string): string {
  return words.replaceAll(NOT_DRAWN, '').replaceAll(/\s+/g, ' ').trim()
}

const FONTS = [
  ...SERIF_LETTERS.map((letters) => ({ name: 'Fraunces', letters, weight: 400 as const })),
  ...SANS_LETTERS.flatMap((letters) =>
    ([400, 600] as const).map((weight) => ({ name: 'Source Sans 3', letters, weight })),
  ),
]

let read: Promise<{ name: string; data: Buffer; weight: 400 | 600; style: 'normal' }[]> | undefined

/** Read once. Satori takes WOFF; the pages' own fonts are WOFF2. */
function fonts() {
  read ??= Promise.all(
    FONTS.map(async ({ name, letters, weight }) => {
      const folder = name.toLowerCase().replaceAll(' ', '-')
      const file = `@fontsource/${folder}/files/${folder}-${letters}-${weight}-normal.woff`
      const data = await readFile(fileURLToPath(import.meta.resolve(file)))
      return { name: `${name} ${letters}`, data, weight, style: 'normal' as const }
    }),
  )
  return read
}
