import type { FastifyInstance } from 'fastify'
import { NotFound } from '../errors.ts'
import type { Deps } from '../web/deps.ts'
import { findImageFor } from './images.ts'

/** Images for people who are signed in. Those on public pages have addresses of their own. */
export async function imageRoutes(app: FastifyInstance, { db, images }: Deps): Promise<void> {
  app.get('/images/:hash', async (request, reply) => {
    const { hash } = request.params as { hash: string }
    const { personId, roles, hosting } = request.actor
    const accountIds = [...roles, ...hosting].map(({ accountId }) => accountId)
    const image = await findImageFor(db.read, hash, { personId, accountIds })
    if (!image) throw new NotFound()
    return reply
      .type(image.mediaType)
      .header('content-length', image.bytes)
      .header('cache-control', 'private, max-age=31536000, immutable')
      .send(images.stream(hash))
  })
}
