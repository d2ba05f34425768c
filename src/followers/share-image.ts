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
const SERIF = 'Fraunces, Fraunces Extended'
const SANS = 'Source Sans 3, Source Sans 3 Extended'

/** The week's picture for links, as a PNG: host, theme, dates. What our fonts have no letters for is left out. */
export async function drawShareImage(card: ShareCard): Promise<Buffer> {
  // Drawing is rare, and its library takes a while to load.
  const { default: satori } = await import('satori')
  const svg = await satori(layOut(card), { ...SHARE_SIZE, fonts: await fonts() })
  return sharp(Buffer.from(svg)).png({ palette: true, quality: 90 }).toBuffer()
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

/** Our fonts have the letters of languages in Latin script; half a sentence would be worse than none. */
const OTHER_SCRIPT = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u
/** Drawn by other fonts, or not at all. */
const NOT_DRAWN = /[\p{Extended_Pictographic}\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu

function drawable(words: string): string {
  return OTHER_SCRIPT.test(words.replaceAll(NOT_DRAWN, ''))
    ? ''
    : words.replaceAll(NOT_DRAWN, '').replaceAll(/\s+/g, ' ').trim()
}

const FONTS = [
  ['Fraunces', '@fontsource/fraunces/files/fraunces-latin-400-normal.woff', 400],
  ['Fraunces Extended', '@fontsource/fraunces/files/fraunces-latin-ext-400-normal.woff', 400],
  ['Source Sans 3', '@fontsource/source-sans-3/files/source-sans-3-latin-400-normal.woff', 400],
  ['Source Sans 3 Extended', '@fontsource/source-sans-3/files/source-sans-3-latin-ext-400-normal.woff', 400],
  ['Source Sans 3', '@fontsource/source-sans-3/files/source-sans-3-latin-600-normal.woff', 600],
  ['Source Sans 3 Extended', '@fontsource/source-sans-3/files/source-sans-3-latin-ext-600-normal.woff', 600],
] as const

let read: Promise<{ name: string; data: Buffer; weight: 400 | 600; style: 'normal' }[]> | undefined

/** Read once. Satori takes WOFF; the pages' own fonts are WOFF2. */
function fonts() {
  read ??= Promise.all(
    FONTS.map(async ([name, file, weight]) => {
      const data = await readFile(fileURLToPath(import.meta.resolve(file)))
      return { name, data, weight, style: 'normal' as const }
    }),
  )
  return read
}
