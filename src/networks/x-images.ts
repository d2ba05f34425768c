import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, ImageToUpload, UploadedMedia } from './network.ts'
import { type Ask, done, understood } from './x-ask.ts'
import { oddAnswer } from './x-problems.ts'
import { uploadAnswer } from './x-schemas.ts'

const chunkBytes = 1024 * 1024
const looksAtMost = 10
/** X tells how long to wait between looks; longer than this it may not hold up an image. Seconds. */
const waitAtMost = 10
/** How long X keeps an upload where it does not say. Seconds. */
const kept = 24 * 60 * 60

/** Uploads in chunks, waits until X has processed the image, then adds its alternative text. */
export async function uploadImage(ask: Ask, image: ImageToUpload): Promise<Answer<UploadedMedia>> {
  const begun = understood(
    await ask.post('/media/upload/initialize', announced(image)),
    uploadAnswer,
    'upload',
    ({ data }) => data,
  )
  if (!begun.ok) return begun
  const { id, media_key } = begun.value
  const sent = await sendChunks(ask, id, image.bytes)
  if (!sent.ok) return sent
  const finished = await finish(ask, id)
  if (!finished.ok) return finished
  const described = await describe(ask, id, image.alt)
  if (!described.ok) return described
  return { ...finished, value: { ...finished.value, mediaKey: finished.value.mediaKey ?? media_key ?? null } }
}

function announced({ bytes, mediaType }: ImageToUpload) {
  return {
    media_type: mediaType,
    media_category: mediaType === 'image/gif' ? 'tweet_gif' : 'tweet_image',
    total_bytes: bytes.length,
  }
}

async function sendChunks(ask: Ask, mediaId: string, bytes: Buffer): Promise<Answer<void>> {
  for (let index = 0; index * chunkBytes < bytes.length; index++) {
    const media = bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)
    const chunk = { segment_index: index, media }
    const sent = done(await ask.post(`/media/upload/${mediaId}/append`, chunk, { form: true }))
    if (!sent.ok) return sent
  }
  return { ok: true, value: undefined }
}

async function finish(ask: Ask, mediaId: string): Promise<Answer<UploadedMedia>> {
  let result = await ask.post(`/media/upload/${mediaId}/finalize`, {})
  for (let look = 0; look < looksAtMost; look++) {
    const answer = understood(result, uploadAnswer, 'upload', ({ data }) => data)
    if (!answer.ok) return answer
    const { processing_info: processing, media_key, expires_after_secs } = answer.value
    if (processing?.state === 'failed') return unusable()
    if (!processing || processing.state === 'succeeded') {
      const value = { mediaId, mediaKey: media_key ?? null, expiresIn: expires_after_secs ?? kept }
      return { ...answer, value }
    }
    await sleep(Math.min(processing.check_after_secs ?? 1, waitAtMost) * 1000)
    result = await ask.get('/media/upload', { command: 'STATUS', media_id: mediaId })
  }
  return oddAnswer('an image that is never ready')
}

function unusable(): Answer<never> {
  const detail = 'X could not process the image.'
  return { ok: false, problem: { code: 'invalid', status: null, detail, until: null } }
}

async function describe(ask: Ask, mediaId: string, alt: string): Promise<Answer<void>> {
  if (!alt) return { ok: true, value: undefined }
  return done(await ask.post('/media/metadata', { id: mediaId, metadata: { alt_text: { text: alt } } }))
}
