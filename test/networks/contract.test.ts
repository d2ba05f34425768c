import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { connect } from 'node:net'
import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import sharp from 'sharp'
import t from 'tap'
import { TwitterApi } from 'twitter-api-v2'
import type { z } from 'zod'
import { systemClock } from '../../src/clock.ts'
import { createXNetwork } from '../../src/networks/x.ts'
import * as schemas from '../../src/networks/x-schemas.ts'
import { createSandboxClient } from '../../src/networks/x-sandbox/client.ts'
import { startStandIn } from '../../src/networks/x-sandbox/stand-in.ts'
import { type Exchange, startRecorder } from './recorder.ts'

/**
 * Does the stand-in answer as X says that it does? Where X_OPENAPI names a copy of X's OpenAPI description
 * (https://api.x.com/2/openapi.json), each call and each answer is held against it; elsewhere the answers are held
 * against what the project itself relies on.
 */

const app = { clientId: 'an-app', clientSecret: 'a-secret' }
const users = [{ handle: '1000LivesPlus', name: '1000 Lives Plus', kind: 'account' as const }]
const standIn = await startStandIn({ file: ':memory:', port: 0, clock: systemClock, users })
const recorder = await startRecorder(standIn.port)
t.teardown(async () => {
  await recorder.close()
  await standIn.close()
})
const world = createSandboxClient(standIn)
const { accessToken, refreshToken } = await world.grantFor('1000LivesPlus', app)
const image = await sharp({ create: { width: 20, height: 10, channels: 3, background: '#036' } })
  .png()
  .toBuffer()

await t.test('everything that the product asks of X is asked once', async (t) => {
  const x = createXNetwork({ ...app, standIn: { host: '127.0.0.1', port: recorder.port }, spelling: 'post' })
  const me = await x.me(accessToken)
  if (!me.ok) throw new Error(me.problem.detail)
  const send = (text: string, more: object = {}) =>
    x.sendPost(accessToken, { text, mediaIds: [], replyTo: null, ...more }, { deadlineMs: 5000 })
  const media = await x.uploadImage(accessToken, { bytes: image, mediaType: 'image/png', alt: 'Blue' })
  if (!media.ok) throw new Error(media.problem.detail)
  const first = await send('Hello @dai & all at https://example.org/page #Week', {
    mediaIds: [media.value.mediaId],
  })
  if (first.outcome !== 'posted') throw new Error(first.problem.detail)
  const id = first.networkId
  await send('On it goes', { replyTo: id })
  await send('Which?', { poll: { options: ['One', 'Two'], minutes: 60 } })
  const reply = await world.postAs({ handle: 'dai', text: 'Da iawn', replyTo: id })
  await x.userByHandle(accessToken, 'dai')
  await x.userByHandle(accessToken, 'nobody_at_all')
  await x.ownPosts(accessToken, me.value.id, { sinceId: '1' })
  await x.mentions(accessToken, me.value.id, {})
  await x.replies(accessToken, [id], {})
  await x.posts(accessToken, [id, reply.id, '12'])
  await x.hideReply(accessToken, reply.id, true)
  await x.hideReply(accessToken, '12', true)
  await send('')
  await send('On it goes', { replyTo: id })
  await x.me('no token')
  await x.removePost(accessToken, id)
  await x.refresh(refreshToken)
  const statuses = [...new Set(recorder.exchanges.map((exchange) => exchange.status))]
  t.same(
    statuses.toSorted((one, other) => one - other),
    [200, 201, 400, 401, 403, 404],
  )
})

if (process.env['X_OPENAPI']) holdAgainstX(process.env['X_OPENAPI'])
else holdAgainstOurs()

interface Operation {
  parameters?: Parameter[]
  requestBody?: { content: Record<string, object> }
  responses: Record<string, { content: Record<string, object> }>
}
interface Parameter {
  $ref?: string
  name: string
  in: string
  schema: { type?: string; items?: { enum?: string[] } }
}

function holdAgainstX(file: string): void {
  const description = JSON.parse(readFileSync(file, 'utf8')) as {
    paths: Record<string, Record<string, Operation>>
    components: { parameters: Record<string, Parameter> }
  }
  const ajv = new Ajv({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema(description, 'x')

  /** A schema at a place in X's description, by JSON pointer. */
  function at(...place: string[]): ValidateFunction {
    const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    return ajv.compile({ $ref: `x#/${pointer.join('/')}` })
  }

  t.test('each call and each answer is as X describes it', async (t) => {
    for (const exchange of recorder.exchanges) {
      const { method, path, status } = exchange
      const title = `${method} ${path} ${status}`
      const template = templateOf(Object.keys(description.paths), path)
      const operation = template && description.paths[template]?.[method]
      if (!template || !operation) {
        t.match(path, /^\/2\/oauth2\//, `${title}: only signing in is not in X’s description`)
        continue
      }
      const place = ['paths', template, method]
      if (exchange.requestBody !== undefined && operation.requestBody)
        hold(
          at(...place, 'requestBody', 'content', 'application/json', 'schema'),
          exchange.requestBody,
          `${title}: call`,
        )
      t.same(unknownParameters(operation, exchange.query), [], `${title}: parameters`)
      if (status < 400) {
        t.ok(operation.responses[String(status)], `${title}: status`)
        hold(
          at(...place, 'responses', String(status), 'content', 'application/json', 'schema'),
          exchange.body,
          title,
        )
      } else if (!hasPlainForm(exchange)) {
        hold(at('components', 'schemas', 'Problem'), exchange.body, `${title}: problem`)
      }
    }
  })

  function hold(validate: ValidateFunction, value: unknown, title: string): void {
    t.ok(validate(value), title, { errors: validate.errors, value })
  }

  function unknownParameters(operation: Operation, query: URLSearchParams): string[] {
    const known = (operation.parameters ?? []).map((parameter) =>
      parameter.$ref ? description.components.parameters[parameter.$ref.split('/').at(-1)!]! : parameter,
    )
    return [...query].flatMap(([name, value]) => {
      const parameter = known.find((each) => each.name === name && each.in === 'query')
      if (!parameter) return [name]
      const allowed = parameter.schema.items?.enum
      return allowed ? value.split(',').filter((each) => !allowed.includes(each)) : []
    })
  }
}

/** X sends 401, 403 and 429 in a form that its own description does not have. */
function hasPlainForm({ body }: Exchange): boolean {
  return (body as { type?: string }).type === 'about:blank'
}

/** The more literal path wins: `/2/tweets/search/recent` before `/2/tweets/{id}`. */
function templateOf(templates: string[], path: string): string | undefined {
  const fits = (template: string) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
  return templates.filter(fits).toSorted((one, other) => one.split('{').length - other.split('{').length)[0]
}

function holdAgainstOurs(): void {
  const answers: [RegExp, z.ZodType][] = [
    [/^post \/2\/oauth2\/token$/, schemas.token],
    [/^get \/2\/users\/me$/, schemas.userAnswer],
    [/^get \/2\/(tweets|tweets\/search\/recent|users\/\d+\/(tweets|mentions))$/, schemas.postsAnswer],
    [/^post \/2\/tweets$/, schemas.createdAnswer],
    [/^delete \/2\/tweets\/\d+$/, schemas.deletedAnswer],
    [/^put \/2\/tweets\/\d+\/hidden$/, schemas.hiddenAnswer],
    [/^post \/2\/media\/upload\/(initialize|\d+\/finalize)$/, schemas.uploadAnswer],
  ]
  t.test('each answer has what the product relies on', async (t) => {
    const good = recorder.exchanges.filter((exchange) => exchange.status < 400)
    for (const [route, schema] of answers) {
      const of = good.filter(({ method, path }) => route.test(`${method} ${path}`))
      t.ok(of.length > 0, `${route.source} was called`)
      for (const { body } of of) t.same(schema.safeParse(body).error, undefined, route.source)
    }
    for (const { method, path, status, body, type } of recorder.exchanges.filter(
      (each) => each.status >= 400,
    )) {
      t.match(body, { title: String, detail: String }, `${method} ${path} ${status}`)
      t.match(type, 'application/problem+json')
    }
  })
}

t.test('the client’s own methods find what they expect', async (t) => {
  const httpAgent = new Agent({ keepAlive: false })
  httpAgent.createConnection = () => connect({ host: '127.0.0.1', port: standIn.port })
  const client = new TwitterApi(app, { httpAgent })
  const redirectUri = 'http://127.0.0.1:3000/back'
  const link = client.generateOAuth2AuthLink(redirectUri, {
    scope: ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'],
  })
  const form = new URL(link.url).searchParams
  form.set('user', (await world.addUser({ handle: '1000LivesPlus' })).id)
  const consent = await fetch(`${standIn.address}/i/oauth2/authorize`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  })
  const code = new URL(consent.headers.get('location')!).searchParams.get('code')!
  const login = await client.loginWithOAuth2({ code, codeVerifier: link.codeVerifier, redirectUri })
  const { client: user } = await client.refreshOAuth2Token(login.refreshToken!)

  const { data: me } = await user.v2.me()
  t.equal(me.username, '1000LivesPlus')
  const mediaId = await user.v2.uploadMedia(image, { media_type: 'image/png' })
  await user.v2.createMediaMetadata(mediaId, { alt_text: { text: 'Blue' } })
  const [first, second] = await user.v2.tweetThread([{ text: 'One', media: { media_ids: [mediaId] } }, 'Two'])
  const timeline = await user.v2.userTimeline(me.id, { max_results: 5 })
  t.same(
    timeline.tweets.slice(0, 2).map((post) => post.id),
    [second!.data.id, first!.data.id],
  )
  await timeline.fetchLast(20)
  t.ok(timeline.done)
  const found = await user.v2.search(`conversation_id:${first!.data.id}`)
  t.equal(found.tweets.length, 2)
  t.same((await user.v2.deleteTweet(second!.data.id)).data, { deleted: true })
  await client.revokeOAuth2Token(login.accessToken)
  await t.rejects(user.v2.me(), { code: 401 })
})
