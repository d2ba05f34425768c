import type { OutgoingHttpHeaders } from 'node:http'
import helmet from '@fastify/helmet'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { WebSettings } from './deps.ts'

/** Security headers of every answer. No nonces: public pages are cached as bytes. */
export async function registerHeaders(app: FastifyInstance, settings: WebSettings): Promise<void> {
  const headers = await securityHeaders(settings)
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers)
    done()
  })
}

/**
 * Helmet words its headers anew for each request, which costs more than all else that a kept page needs. Ours are always
 * the same, so it is asked once, on an app of its own.
 */
async function securityHeaders(settings: WebSettings): Promise<OutgoingHttpHeaders> {
  const { mode, practice } = settings
  const https = (mode === 'live' || practice !== undefined) && settings.publicUrl().startsWith('https:')
  const asked = Fastify()
  await asked.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        frameSrc: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        ...(https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    xFrameOptions: { action: 'deny' },
  })
  asked.get('/', async () => '')
  const { headers } = await asked.inject('/')
  await asked.close()
  const ofTheAnswer = ['connection', 'content-length', 'content-type', 'date']
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheAnswer.includes(name)))
}

/**
 * Lets any site show this answer in a frame. For pages without a form and without a script only: nobody can be led to press
 * something there that they do not see.
 */
export function showInFrames(reply: FastifyReply): FastifyReply {
  return reply
    .removeHeader('x-frame-options')
    .header('cross-origin-resource-policy', 'cross-origin')
    .header(
      'content-security-policy',
      "default-src 'none';style-src 'self';img-src 'self';font-src 'self';form-action 'none';base-uri 'none';frame-ancestors *",
    )
}
