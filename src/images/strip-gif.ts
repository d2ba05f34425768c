/** Application extensions without which an animation would not play as it was made: how often it repeats. */
const KEPT = ['NETSCAPE2.0', 'ANIMEXTS1.0']

const EXTENSION = 0x21
const COMMENT = 0xfe
const APPLICATION = 0xff
const IMAGE = 0x2c
const TRAILER = 0x3b

/**
 * A GIF without comments, XMP and other things that programs put into it, and without anything after its end; its frames
 * byte for byte as they were (GIF89a specification, W3C).
 * @throws RangeError when it is no whole GIF.
 */
export function stripGif(gif: Buffer): Buffer {
  return made(gif, (sections) =>
    sections.filter(({ kind, from }) => kind === IMAGE || !isSaidAboutIt(gif, from)),
  )
}

/**
 * The first picture of a GIF, as a GIF that stands still.
 * @throws RangeError when it is no whole GIF.
 */
export function firstOfGif(gif: Buffer): Buffer {
  return made(gif, (sections) => sections.slice(0, 1 + sections.findIndex(({ kind }) => kind === IMAGE)))
}

interface Section {
  kind: number
  from: number
  to: number
}

/** A GIF of its head, of those sections that `choose` leaves, and of its end. */
function made(gif: Buffer, choose: (sections: Section[]) => Section[]): Buffer {
  if (!/^GIF8[79]a$/.test(gif.toString('latin1', 0, 6))) throw new RangeError('This is no GIF.')
  const head = 13 + colours(byteAt(gif, 10))
  const kept = choose(sectionsOf(gif, head)).map(({ from, to }) => gif.subarray(from, to))
  return Buffer.concat([gif.subarray(0, head), ...kept, Buffer.from([TRAILER])])
}

function sectionsOf(gif: Buffer, from: number): Section[] {
  const sections: Section[] = []
  for (let at = from; byteAt(gif, at) !== TRAILER; at = sections.at(-1)!.to) {
    const kind = byteAt(gif, at)
    if (kind !== EXTENSION && kind !== IMAGE) throw new RangeError('This GIF is damaged.')
    const blocks = kind === EXTENSION ? at + 2 : at + 10 + colours(byteAt(gif, at + 9)) + 1
    sections.push({ kind, from: at, to: afterBlocks(gif, blocks) })
  }
  return sections
}

function isSaidAboutIt(gif: Buffer, at: number): boolean {
  const label = byteAt(gif, at + 1)
  if (label === COMMENT) return true
  return label === APPLICATION && !KEPT.includes(gif.toString('latin1', at + 3, at + 14))
}

/** Bytes of a colour table, by the flags that announce it. */
function colours(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}

/** Past blocks that each begin with their length, up to the empty one. */
function afterBlocks(gif: Buffer, from: number): number {
  let at = from
  while (byteAt(gif, at) !== 0) at += 1 + byteAt(gif, at)
  return at + 1
}

function byteAt(gif: Buffer, at: number): number {
  const byte = gif[at]
  if (byte === undefined) throw new RangeError('This GIF breaks off.')
  return byte
}
