import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Grant } from '../network.ts'
import { consentPage } from './consent-page.ts'
import type { Context } from './context.ts'
import { invalid, refusedByOAuth } from './refusal.ts'
import { giveCode, giveTokens, revoke, rotate, takeCode } from './tokens.ts'
import { allUsers, userById } from './users.ts'

export interface ConsentRequest {
  client_id: string
  redirect_uri: string
  state: string
  code_challenge: string
  scope: string
}

/** Sign-in with a code and a proof (RFC 6749 and RFC 7636), as X has it. */
export function registerOAuth(app: FastifyInstance, context: Context): void {
  app.get<{ Querystring: Record<string, string> }>('/i/oauth2/authorize', async (request, reply) => {
    const asked = consentAsked(request.query)
    const accounts = allUsers(context.database).filter((user) => user.kind === 'account')
    return reply.type('text/html; charset=utf-8').send(consentPage(asked, accounts))
  })

  app.post<{ Body: Record<string, string> }>('/i/oauth2/authorize', async (request, reply) => {
    const asked = consentAsked({ ...request.body, response_type: 'code', code_challenge_method: 's256' })
    const back = new URL(asked.redirect_uri)
    back.searchParams.set('state', asked.state)
    const user =
      /^\d{1,19}$/.test(request.body['user'] ?? '') && userById(context.database, request.body['user']!)
    if (user) {
      const consent = {
        ...asked,
        userId: user.id,
        clientId: asked.client_id,
        redirectUri: asked.redirect_uri,
      }
      const code = giveCode(
        context.database,
        { ...consent, challenge: asked.code_challenge },
        context.clock.machine(),
      )
      back.searchParams.set('code', code)
    } else {
      back.searchParams.set('error', 'access_denied')
    }
    return reply.redirect(back.href, 303)
  })

  app.post<{ Body: Record<string, string> }>('/2/oauth2/token', async (request) => {
    const client = clientOf(request)
    const grant = grantFor(context, client, request.body)
    return {
      token_type: 'bearer',
      expires_in: grant.expiresIn,
      access_token: grant.accessToken,
      scope: grant.scope.join(' '),
      refresh_token: grant.refreshToken,
    }
  })

  app.post<{ Body: Record<string, string> }>('/2/oauth2/revoke', async (request) => {
    clientOf(request)
    revoke(context.database, request.body['token'] ?? '')
    return { revoked: true }
  })
}

function consentAsked(query: Record<string, string | undefined>): ConsentRequest {
  const { response_type, client_id, redirect_uri, state, code_challenge, code_challenge_method, scope } =
    query
  if (response_type !== 'code') throw invalid('response_type', response_type, 'Must be `code`.')
  // The client says s256 where the standard says S256; X takes both.
  if (code_challenge_method?.toLowerCase() !== 's256')
    throw invalid('code_challenge_method', code_challenge_method, 'Must be `S256`.')
  if (!client_id || !state || !code_challenge || !scope)
    throw invalid('client_id', client_id, 'Something is missing.')
  if (!/^https?:\/\//.test(redirect_uri ?? '') || !URL.canParse(redirect_uri ?? ''))
    throw invalid('redirect_uri', redirect_uri, 'Must be an address of the app.')
  return { client_id, redirect_uri: redirect_uri!, state, code_challenge, scope }
}

/** The app's id, from HTTP Basic or the body. Any secret is good here, but there must be one. */
function clientOf(request: FastifyRequest<{ Body: Record<string, string> }>): string {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  const [id, secret] = basic
    ? Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent)
    : [request.body?.['client_id'], request.body?.['client_secret']]
  if (!id || !secret) throw refusedByOAuth(401, 'unauthorized_client', 'Missing valid authorization header')
  return id
}

function grantFor(context: Context, client: string, body: Record<string, string>): Grant {
  const machine = context.clock.machine()
  if (body['grant_type'] === 'refresh_token') {
    const grant = rotate(context.database, body['refresh_token'] ?? '', client, machine)
    if (!grant) throw refusedByOAuth(400, 'invalid_request', 'Value passed for the token was invalid.')
    return grant
  }
  if (body['grant_type'] !== 'authorization_code')
    throw refusedByOAuth(400, 'unsupported_grant_type', 'Value passed for the grant type was invalid.')
  const consent = takeCode(context.database, body['code'] ?? '', machine)
  const proof = createHash('sha256')
    .update(body['code_verifier'] ?? '')
    .digest('base64url')
  if (!consent || consent.clientId !== client || consent.redirectUri !== body['redirect_uri'])
    throw refusedByOAuth(400, 'invalid_request', 'Value passed for the authorization code was invalid.')
  if (consent.challenge !== proof)
    throw refusedByOAuth(
      400,
      'invalid_request',
      'Value passed for the code verifier did not match the code challenge.',
    )
  return giveTokens(context.database, consent, machine)
}
