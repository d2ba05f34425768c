import type { FastifyInstance, FastifyRequest } from 'fastify'
import { NotAllowed } from '../errors.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Refuses a change that another site's page sends, before its body is read. */
export function checkOrigin(app: FastifyInstance, publicUrl: () => string): void {
  app.addHook('onRequest', async (request) => {
    if (!SAFE.has(request.method) && comesFromElsewhere(request, publicUrl())) {
      throw new NotAllowed('This form came from another site. Open the page here and send it again.')
    }
  })
}

function comesFromElsewhere({ headers }: FastifyRequest, publicUrl: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  // Browsers leave Sec-Fetch-Site out on plain HTTP, and always name the origin of a POST. Neither: not a browser.
  return headers.origin !== undefined && headers.origin !== new URL(publicUrl).origin
}
