import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import sharp from 'sharp'
import { z } from 'zod'
import { caller, type Context } from './context.ts'
import { parsed } from './posts-api.ts'
import { invalid } from './refusal.ts'
import {
  addChunk,
  beginUpload,
  chunksOf,
  describeMedia,
  finishUpload,
  keyOf,
  mediaById,
  type StandInMedia,
  uploadLife,
} from './uploads.ts'

/** X's limits for images and GIFs, in bytes. */
const sizeAtMost = { tweet_image: 5 * 1024 * 1024, tweet_gif: 15 * 1024 * 1024 }

const beginning = z.strictObject({
  media_type: z.enum(['image/jpeg', 'image/png', 'image/webp', 'image/gif']),
  media_category: z.enum(['tweet_image', 'tweet_gif']),
  total_bytes: z.number().int().min(1),
})

const metadata = z.strictObject({
  id: z.string().regex(/^\d{1,19}$/),
  metadata: z.object({ alt_text: z.object({ text: z.string().max(1000) }).optional() }).optional(),
})

export function registerMedia(app: FastifyInstance, context: Context): void {
  void app.register(multipart, { limits: { fileSize: sizeAtMost.tweet_gif } })

  app.post('/2/media/upload/initialize', async (request) => {
    const { id: ownerId } = caller(context, request, 'media.write')
    const { media_type, media_category, total_bytes } = parsed(beginning, request.body)
    if (total_bytes > sizeAtMost[media_category])
      throw invalid('total_bytes', total_bytes, 'The file is larger than X takes.')
    const upload = { ownerId, mediaType: media_type, category: media_category, totalBytes: total_bytes }
    const times = { now: context.clock.now(), machine: context.clock.machine() }
    const id = beginUpload(context.database, upload, times)
    const media_key = keyOf({ id, category: media_category })
    return { data: { id, media_key, expires_after_secs: uploadLife } }
  })

  app.post<{ Params: { id: string } }>('/2/media/upload/:id/append', async (request) => {
    const media = ownMedia(context, request, request.params.id)
    const { segment, bytes } = await chunkIn(request)
    addChunk(context.database, media.id, segment, bytes)
    return { data: { expires_at: Math.floor(media.expiresAt / 1000) } }
  })

  app.post<{ Params: { id: string } }>('/2/media/upload/:id/finalize', async (request) => {
    const media = ownMedia(context, request, request.params.id)
    const bytes = chunksOf(context.database, media.id)
    if (bytes.length !== media.totalBytes)
      throw invalid('total_bytes', media.totalBytes, `${bytes.length} bytes came instead.`)
    finishUpload(context.database, media.id, { bytes, ...(await sizeOf(bytes)) })
    const { data } = uploadJson(ownMedia(context, request, media.id))
    const inWork = media.category === 'tweet_gif' && {
      processing_info: { state: 'pending', check_after_secs: 1 },
    }
    return { data: { ...data, ...inWork } }
  })

  app.get<{ Querystring: Record<string, string> }>('/2/media/upload', async (request) => {
    const media = ownMedia(context, request, request.query['media_id'] ?? '')
    const { data } = uploadJson(media)
    return { data: { ...data, processing_info: { state: media.ready ? 'succeeded' : 'pending' } } }
  })

  app.post('/2/media/metadata', async (request) => {
    const body = parsed(metadata, request.body)
    const media = ownMedia(context, request, body.id)
    const alt = body.metadata?.alt_text
    if (alt) describeMedia(context.database, media.id, alt.text)
    return { data: { id: media.id, associated_metadata: alt ? { alt_text: alt } : {} } }
  })
}

function ownMedia(context: Context, request: FastifyRequest, id: string): StandInMedia {
  const user = caller(context, request, 'media.write')
  const media = /^\d{1,19}$/.test(id) ? mediaById(context.database, id) : undefined
  if (media?.ownerId !== user.id) throw invalid('media_id', id, 'Your media IDs are invalid.')
  return media
}

async function chunkIn(request: FastifyRequest): Promise<{ segment: number; bytes: Buffer }> {
  let segment: number | undefined
  let bytes: Buffer | undefined
  for await (const part of request.parts()) {
    if (part.type === 'file') bytes = await part.toBuffer()
    else if (part.fieldname === 'segment_index') segment = Number(part.value)
  }
  if (bytes && segment !== undefined && Number.isInteger(segment) && segment >= 0 && segment <= 999)
    return { segment, bytes }
  throw invalid('segment_index', segment, 'A chunk needs its segment_index and its media.')
}

async function sizeOf(bytes: Buffer): Promise<{ width: number; height: number }> {
  try {
    const { width, height } = await sharp(bytes).metadata()
    return { width, height }
  } catch {
    throw invalid('media', 'media', 'The media could not be read.')
  }
}

function uploadJson(media: StandInMedia) {
  return {
    data: {
      id: media.id,
      media_key: keyOf(media),
      size: media.totalBytes,
      expires_after_secs: uploadLife,
      image: { image_type: media.mediaType, w: media.width, h: media.height },
    },
  }
}
