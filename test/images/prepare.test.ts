import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { Refused } from '../../src/errors.ts'
import { IMAGE_LIMIT_BYTES, LONGEST_SIDE } from '../../src/images/image.ts'
import { keepImage } from '../../src/images/keep-image.ts'
import { openImageFiles } from '../../src/images/image-files.ts'
import { findImageFor } from '../../src/images/images.ts'
import { firstOfGif } from '../../src/images/strip-gif.ts'
import { prepareImage } from '../../src/images/prepare.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

/** Left half teal, right half white; 60 by 40. */
const picture = () =>
  sharp({ create: { width: 60, height: 40, channels: 3, background: '#ffffff' } }).composite([
    {
      input: { create: { width: 30, height: 40, channels: 3, background: '#0b6e69' } },
      left: 0,
      top: 0,
    },
  ])

async function moving(): Promise<Buffer> {
  const frames = [await picture().png().toBuffer(), await picture().negate().png().toBuffer()]
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: [70, 90], loop: 3 })
    .toBuffer()
}

const noise = (width: number, height: number) =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })

async function colourAt(bytes: Buffer, left: number, top: number): Promise<'teal' | 'white'> {
  const pixel = await sharp(bytes).extract({ left, top, width: 1, height: 1 }).removeAlpha().raw().toBuffer()
  return pixel[0]! < 100 ? 'teal' : 'white'
}

t.test('a GIF goes on moving, and forgets what programs wrote into it', async (t) => {
  const plain = await moving()
  const block = (label: number, ...data: string[]) =>
    Buffer.concat([
      Buffer.from([0x21, label]),
      ...data.map((one) => Buffer.concat([Buffer.from([one.length]), Buffer.from(one, 'latin1')])),
      Buffer.from([0]),
    ])
  const said = Buffer.concat([block(0xfe, 'Taken at ward four'), block(0xff, 'XMP DataXMP', 'GPS: 54.1')])
  const end = plain.length - 1
  const dirty = Buffer.concat([plain.subarray(0, end), said, plain.subarray(end), Buffer.from('more')])
  const made = await prepareImage(dirty, 'part-1-image')
  t.match(made, { mediaType: 'image/gif', width: 60, height: 40 })
  t.ok(made.bytes.equals(plain), 'every byte of the animation, and no other')
  t.match(await sharp(made.bytes, { animated: true }).metadata(), { pages: 2, delay: [70, 90], loop: 3 })
  const wide = await sharp(await moving(), { animated: true })
    .resize(1400)
    .gif()
    .toBuffer()
  const error: unknown = await prepareImage(wide, 'part-1-image').catch((reason: unknown) => reason)
  t.match((error as Refused).fields['part-1-image'], '1280 by 1080')
})

t.test('the first picture of a GIF stands still, and looks as it does when it moves', async (t) => {
  const gif = await moving()
  const still = firstOfGif(gif)
  t.equal((await sharp(still, { animated: true }).metadata()).pages ?? 1, 1)
  const pixels = (bytes: Buffer) => sharp(bytes, { page: 0 }).removeAlpha().raw().toBuffer()
  t.same(await pixels(still), await pixels(gif))
  t.throws(() => firstOfGif(Buffer.from('GIF89a')), RangeError)
})

t.test('a phone’s photo is turned upright and forgets where it was taken', async (t) => {
  const photo = await picture()
    .withExif({
      IFD0: { Model: 'Telephone', Copyright: 'Joseph' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '54/1 2/1 3/1' },
    })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 95 })
    .toBuffer()
  const before = await sharp(photo).metadata()
  t.equal(before.orientation, 6)
  t.match(photo.toString('latin1'), 'Telephone', 'the photo does carry it')

  const made = await prepareImage(photo, 'image')
  t.match(made, { mediaType: 'image/jpeg', width: 40, height: 60 })
  t.equal(await colourAt(made.bytes, 20, 5), 'teal', 'what was left is on top')
  t.equal(await colourAt(made.bytes, 20, 55), 'white')
  const after = await sharp(made.bytes).metadata()
  t.equal(after.exif, undefined)
  t.equal(after.orientation, undefined)
  t.notMatch(made.bytes.toString('latin1'), /Telephone|GPS|Joseph/)
})

t.test('each kind that X takes', async (t) => {
  const clear = sharp({ create: { width: 20, height: 10, channels: 4, background: '#0b6e6900' } })
  const cases: [what: string, bytes: Buffer, mediaType: string][] = [
    ['JPEG', await picture().jpeg().toBuffer(), 'image/jpeg'],
    ['PNG', await picture().png().toBuffer(), 'image/png'],
    ['PNG, see-through', await clear.clone().png().toBuffer(), 'image/png'],
    ['WebP', await picture().webp().toBuffer(), 'image/webp'],
    ['GIF that stands still', await picture().gif().toBuffer(), 'image/jpeg'],
    ['TIFF', await picture().tiff().toBuffer(), 'image/jpeg'],
    ['AVIF', await picture().avif().toBuffer(), 'image/jpeg'],
    ['JPEG in print colours', await picture().toColourspace('cmyk').jpeg().toBuffer(), 'image/jpeg'],
  ]
  for (const [what, bytes, mediaType] of cases) {
    const made = await prepareImage(bytes, 'image')
    t.equal(made.mediaType, mediaType, what)
    t.equal((await sharp(made.bytes).metadata()).format, mediaType.slice('image/'.length), what)
    t.equal((await sharp(made.bytes).metadata()).space, 'srgb', what)
  }
})

t.test('a picture that is too large is shrunk until X takes it', async (t) => {
  const photo = await noise(4600, 2300).jpeg({ quality: 92 }).toBuffer()
  t.ok(photo.length > IMAGE_LIMIT_BYTES, `${photo.length} bytes before`)
  const made = await prepareImage(photo, 'image')
  t.ok(made.bytes.length <= IMAGE_LIMIT_BYTES, `${made.bytes.length} bytes after`)
  t.ok(made.width <= LONGEST_SIDE)
  t.equal(Math.round(made.width / made.height), 2, 'its shape is kept')

  const drawing = await noise(1700, 1400).png().toBuffer()
  t.ok(drawing.length > IMAGE_LIMIT_BYTES)
  const smaller = await prepareImage(drawing, 'image')
  t.equal(smaller.mediaType, 'image/jpeg', 'a PNG that does not fit becomes a JPEG')
  t.match(smaller, { width: 1700, height: 1400 })
})

t.test('what is no still picture is told in plain words', async (t) => {
  const jpeg = await picture().jpeg().toBuffer()
  const large = await noise(600, 400).jpeg().toBuffer()
  const frames = await moving()
  const box = (brands: string) =>
    Buffer.concat([Buffer.from([0, 0, 0, 8 + brands.length]), Buffer.from(`ftyp${brands}`), Buffer.alloc(64)])
  const cases: [what: string, bytes: Buffer, says: RegExp][] = [
    ['a text called .jpg', Buffer.from('Dear diary, today I carried nine beds.'), /not a picture/],
    ['nothing', Buffer.alloc(0), /empty/],
    ['a drawing that could fetch', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /not a picture/],
    ['a PDF', Buffer.from('%PDF-1.7\n'), /not a picture/],
    ['only the beginning of a JPEG', large.subarray(0, Math.floor(large.length / 2)), /damaged/],
    ['a JPEG’s first bytes', jpeg.subarray(0, 4), /not a picture/],
    ['a GIF that breaks off', frames.subarray(0, frames.length - 20), /damaged|not a picture/],
    ['a film of pictures', await sharp(frames, { animated: true }).webp().toBuffer(), /GIF only/],
    ['an iPhone’s photo', box('heic\0\0\0\0mif1heic'), /HEIC.*Most Compatible/],
    ['another HEIC', box('mif1\0\0\0\0mif1heic'), /HEIC/],
    ['a film', box('mp42\0\0\0\0isommp42'), /film/],
  ]
  for (const [what, bytes, says] of cases) {
    const error: unknown = await prepareImage(bytes, 'part-1-image').catch((reason: unknown) => reason)
    if (t.ok(error instanceof Refused, what)) t.match((error as Refused).fields['part-1-image'], says, what)
  }
  const huge = await sharp({ create: { width: 12_000, height: 10_100, channels: 3, background: '#ffffff' } })
    .png({ compressionLevel: 1 })
    .toBuffer()
  await t.rejects(prepareImage(huge, 'image'), /120 million pixels/)
})

t.test('the same picture for two accounts is one file, and each account sees it', async (t) => {
  const { db, folder } = testDatabase(t)
  const now = new Date('2026-11-18T10:42:00Z')
  await anAccount(db, { now })
  const files = openImageFiles(join(folder, 'images'))
  const path = join(folder, 'sent')
  await writeFile(path, await picture().png().toBuffer())
  const sent = { path, bytes: 1, tooLarge: false }
  const keep = () =>
    keepImage(
      { db, images: files },
      { file: sent, field: 'image', accountId: ACCOUNT, personId: LEAD.id, now },
    )
  const hash = await keep()
  t.equal(await keep(), hash)
  t.equal((await files.read(hash)).length, (await findImageFor(db.read, hash, asked(LEAD.id)))!.bytes)
  t.ok(await findImageFor(db.read, hash, asked('somebody', ACCOUNT)))
  t.notOk(await findImageFor(db.read, hash, asked('somebody', 'another account')))
  t.notOk(await findImageFor(db.read, hash, asked('somebody')))
  await t.rejects(
    keepImage(
      { db, images: files },
      {
        file: { ...sent, tooLarge: true },
        field: 'image',
        accountId: ACCOUNT,
        personId: LEAD.id,
        now,
      },
    ),
    /larger than 30 MB/,
  )
})

function asked(personId: string, ...accountIds: string[]) {
  return { personId, accountIds }
}
