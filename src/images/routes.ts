import type { FastifyInstance, FastifyRequest } from 'fastify'
import { NotFound } from '../errors.ts'
import type { Deps } from '../web/deps.ts'
import { findImageFor, type Image } from './images.ts'
import { stillOf } from './still.ts'

/** Images for people who are signed in. Those on public pages have addresses of their own. */
export async function imageRoutes(app: FastifyInstance, { db, images }: Deps): Promise<void> {
  app.get('/images/:hash', async (request, reply) => {
    const image = await visible(request)
    const still = await stillOf(images, image)
    return reply
      .type(image.mediaType)
      .header('content-length', still.bytes)
      .header('cache-control', CACHED)
      .send(still.send())
  })

  /** As it is posted: of a GIF, the one that moves. */
  app.get('/images/:hash/moving', async (request, reply) => {
    const image = await visible(request)
    return reply
      .type(image.mediaType)
      .header('content-length', image.bytes)
      .header('cache-control', CACHED)
      .send(images.stream(image.hash))
  })

  async function visible(request: FastifyRequest): Promise<Image> {
    const { hash } = request.params as { hash: string }
    const { personId, roles, hosting } = request.actor
    const accountIds = [...roles, ...hosting].map(({ accountId }) => accountId)
    const image = await findImageFor(db.read, hash, { personId, accountIds })
    if (!image) throw new NotFound()
    return image
  }
}

const CACHED = 'private, max-age=31536000, immutable'
