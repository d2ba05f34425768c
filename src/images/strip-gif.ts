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
  if (!/^GIF8[79]a$/.test(gif.toString('latin1', 0, 6))) throw new RangeError('This is no GIF.')
  let at = 13 + colours(byteAt(gif, 10))
  const kept = [gif.subarray(0, at)]
  for (;;) {
    const from = at
    const kind = byteAt(gif, at)
    if (kind === TRAILER) return Buffer.concat([...kept, Buffer.from([TRAILER])])
    if (kind === EXTENSION) {
      at = afterBlocks(gif, at + 2)
      if (!isSaidAboutIt(gif, from)) kept.push(gif.subarray(from, at))
    } else if (kind === IMAGE) {
      at = afterBlocks(gif, at + 10 + colours(byteAt(gif, at + 9)) + 1)
      kept.push(gif.subarray(from, at))
    } else throw new RangeError('This GIF is damaged.')
  }
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
