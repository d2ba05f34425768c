import { existsSync, readFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import { z } from 'zod'
import { Refused } from '../../src/errors.ts'
import { FILE_BYTES, FORM_BYTES, registerForms, type UploadedFile } from '../../src/web/form-bodies.ts'
import { errorSummary, formId, line, optionalLine, readForm } from '../../src/web/forms.ts'

interface Taken {
  body: Record<string, string | string[]>
  uploads: UploadedFile[]
  contents: string[]
}

async function aForm(
  tap: { teardown(end: () => Promise<void>): unknown },
  before: (app: FastifyInstance) => unknown = () => {},
) {
  const app = Fastify()
  before(app)
  tap.teardown(() => app.close())
  await registerForms(app)
  let taken = undefined as Taken | undefined
  app.post('/form', async (request) => {
    taken = {
      body: request.body as Taken['body'],
      uploads: request.uploads,
      contents: request.uploads.map(({ path, bytes }) => (bytes < 100 ? readFileSync(path, 'utf8') : '')),
    }
    return 'taken'
  })
  const send = async (payload: string | FormData) => {
    taken = undefined as Taken | undefined
    const body = typeof payload === 'string' ? payload : new Response(payload)
    const answer = await app.inject({
      method: 'POST',
      url: '/form',
      headers: {
        'content-type':
          typeof body === 'string' ? 'application/x-www-form-urlencoded' : body.headers.get('content-type')!,
      },
      payload: typeof body === 'string' ? body : Buffer.from(await body.arrayBuffer()),
    })
    return { status: answer.statusCode, taken }
  }
  return { send }
}

t.test('both encodings give the same fields', async (t) => {
  const { send } = await aForm(t)
  const multipart = new FormData()
  for (const [name, value] of [
    ['text', 'Boots off. ünïcode 🛏'],
    ['day', '1'],
    ['day', '2'],
    ['empty', ''],
  ] as const)
    multipart.append(name, value)
  const urlencoded = new URLSearchParams([
    ['text', 'Boots off. ünïcode 🛏'],
    ['day', '1'],
    ['day', '2'],
    ['empty', ''],
  ]).toString()
  const expected = { text: 'Boots off. ünïcode 🛏', day: ['1', '2'], empty: '' }
  t.same((await send(multipart)).taken?.body, expected)
  t.same({ ...(await send(urlencoded)).taken?.body }, expected)
  t.same((await send(urlencoded)).taken?.uploads, [])
})

t.test('files lie on the disk while the form is handled, and are gone after the answer', async (t) => {
  const { send } = await aForm(t)
  const form = new FormData()
  form.append('image', new File(['a picture'], '../../etc/passwd.jpg'))
  form.append('alt', 'A red car')
  form.append('image', new File(['another'], 'two.jpg'))
  const { status, taken } = await send(form)
  t.equal(status, 200)
  t.same(taken?.contents, ['a picture', 'another'])
  t.match(taken?.uploads, [
    { field: 'image', bytes: 9, tooLarge: false },
    { field: 'image', filename: 'two.jpg', bytes: 7, tooLarge: false },
  ])
  t.same(taken?.body, { alt: 'A red car' })
  const folder = dirname(taken!.uploads[0]!.path)
  t.notMatch(folder, 'etc', 'the sender’s name for a file is no path')
  t.ok(await gone(folder))
})

t.test('a file that is too large is cut and says so, and the words beside it arrive', async (t) => {
  const { send } = await aForm(t)
  const form = new FormData()
  form.append('image', new File([new Uint8Array(FILE_BYTES + 10)], 'huge.jpg'))
  form.append('text', 'still here')
  const { taken } = await send(form)
  t.match(taken, { body: { text: 'still here' }, uploads: [{ tooLarge: true, bytes: FILE_BYTES }] })
  t.ok(await gone(dirname(taken!.uploads[0]!.path)))
})

t.test('eight megabytes of words arrive whole; more are refused, not cut', async (t) => {
  const { send } = await aForm(t)
  const nearly = 'x'.repeat(FORM_BYTES - 100)
  t.equal((await send(`text=${nearly}`)).taken?.body['text']?.length, nearly.length)
  t.equal((await send(`text=${nearly}${'x'.repeat(200)}`)).status, 413)

  const form = new FormData()
  form.append('text', nearly)
  t.equal((await send(form)).taken?.body['text']?.length, nearly.length)
  const tooMuch = new FormData()
  tooMuch.append('text', 'x'.repeat(FORM_BYTES + 1))
  const answer = await send(tooMuch)
  t.equal(answer.status, 413)
  t.equal(answer.taken, undefined)

  const many = new FormData()
  for (const field of ['one', 'two', 'three']) many.append(field, 'x'.repeat(FORM_BYTES / 2))
  t.equal((await send(many)).status, 413, 'all fields together, not each')
})

t.test('files of a sender who goes away before the answer are gone too', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  await registerForms(app)
  let folder = null as string | null
  const sent = new Promise<void>((resolve) => {
    app.addHook('onSend', async (request) => {
      folder = request.uploadFolder
      resolve()
    })
  })
  app.post('/form', async () => 'taken')
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(
    'POST /form HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 9000000\r\n\r\n' +
      `--b\r\ncontent-disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n${'x'.repeat(200_000)}`,
  )
  await setTimeout(100)
  socket.destroy()
  await sent
  t.ok(folder)
  t.ok(await gone(folder!))
})

t.test('files of somebody who is not signed in are read past, and their words kept', async (t) => {
  const { send } = await aForm(t, (app) => app.decorateRequest('visitor', null))
  const form = new FormData()
  form.append('image', new File(['a picture'], 'a.jpg'))
  form.append('text', 'Boots off.')
  const { taken } = await send(form)
  t.same(taken, { body: { text: 'Boots off.' }, uploads: [], contents: [] })
})

t.test('a file that can’t be kept here is our fault, not the sender’s', async (t) => {
  const { send } = await aForm(t)
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = join(t.testdirName, 'is-not-there')
  t.teardown(() => (before === undefined ? delete process.env['TMPDIR'] : (process.env['TMPDIR'] = before)))
  const form = new FormData()
  form.append('image', new File(['a picture'], 'a.jpg'))
  t.equal((await send(form)).status, 500)
})

t.test('a form that breaks off is broken, and a file field without a file is nothing', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  await registerForms(app)
  app.post('/form', async ({ body, uploads }) => ({ body, uploads }))
  const none = 'name="image"; filename=""\r\ncontent-type: application/octet-stream\r\n\r\n\r\n--b--\r\n'
  t.same((await sendRaw(app, none)).json(), { body: {}, uploads: [] }, 'as browsers send it')
  t.equal((await sendRaw(app, 'name="text"\r\n\r\ncut o')).statusCode, 400)
})

t.test('what is wrong with a form is said at each field, once', async (t) => {
  const schema = z.object({
    id: formId,
    theme: line('The theme', 10),
    why: optionalLine('The reason', 5),
  })
  const id = '0b0f5b5e-2f5c-4a5c-9a63-3b6b1c9d4f10'
  t.same(readForm(schema, { id, theme: '  Beds  ' }), { id, theme: 'Beds', why: '' })
  const cases: [body: unknown, fields: Record<string, string>][] = [
    [{ id, theme: '   ' }, { theme: 'The theme is missing.' }],
    [{ id }, { theme: 'The theme is missing.' }],
    [{ id, theme: 'x'.repeat(11) }, { theme: 'The theme has more than 10 characters.' }],
    [
      { id: 'x', theme: '', why: 'too long' },
      {
        id: 'This form is broken. Please open its page again.',
        theme: 'The theme is missing.',
        why: 'The reason has more than 5 characters.',
      },
    ],
    [undefined, { id: 'This form is broken. Please open its page again.', theme: 'The theme is missing.' }],
  ]
  for (const [body, fields] of cases) {
    try {
      readForm(schema, body)
      t.fail(`taken: ${JSON.stringify(body)}`)
    } catch (error) {
      t.type(error, Refused)
      t.same((error as Refused).fields, fields)
    }
  }
  t.same(errorSummary({ theme: 'Missing.' }), {
    title: 'One thing to put right',
    errors: [{ id: 'theme', message: 'Missing.' }],
  })
  t.match(errorSummary({ theme: 'Missing.', '': 'Whole form.' }), {
    title: '2 things to put right',
    errors: [{ id: 'theme' }, { id: null, message: 'Whole form.' }],
  })
})

function sendRaw(app: FastifyInstance, part: string) {
  return app.inject({
    method: 'POST',
    url: '/form',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    payload: `--b\r\ncontent-disposition: form-data; ${part}`,
  })
}

/** Cleaning up begins when the answer is sent, so it may end a moment later. */
async function gone(folder: string): Promise<boolean> {
  for (let tries = 0; tries < 3000 && existsSync(folder); tries += 1) await setTimeout(10)
  return !existsSync(folder)
}
