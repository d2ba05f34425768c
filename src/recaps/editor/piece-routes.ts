import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NotAllowed, NotFound, Refused } from '../../errors.ts'
import { keepImage } from '../../images/keep-image.ts'
import { findWeek, type Week } from '../../rota/weeks.ts'
import type { Deps } from '../../web/deps.ts'
import { formId, readForm, refusalOf, typedIn } from '../../web/forms.ts'
import { ADDED_KINDS, addPiece, bringIn } from './add-piece.ts'
import { piecePage } from './piece-page.ts'
import { recapPowers } from '../recap.ts'
import { findRecap } from '../recaps.ts'

const place = z.object({ kind: z.enum(ADDED_KINDS), after: z.string().max(100).catch('') })
const words = z.string().trim().max(100_000).catch('')
const pieceForm = place.extend({
  id: formId,
  heading: words,
  text: words,
  by: words,
  alt: words,
  address: words,
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .catch(null),
})

/** Puts a heading, a quote, a picture or a post from elsewhere into a week's story. */
export async function recapPieceRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock } = deps

  app.get('/weeks/:id/recap/pieces/new', async (request, reply) => {
    const week = await writable(request)
    const asked = place.safeParse(request.query)
    if (!asked.success) throw new NotFound()
    const model = piecePage({ week }, { ...asked.data, id: randomUUID(), typed: {}, hash: null, errors: {} })
    return reply.page('recaps/piece', model)
  })

  app.post('/weeks/:id/recap/pieces', async (request, reply) => {
    const week = await writable(request)
    const { kind, ...form } = readForm(pieceForm, request.body)
    const { id, after, heading, text, by, alt, address } = form
    let { hash } = form
    // Forms write each line’s end in two characters.
    const lines = text.replaceAll('\r\n', '\n')
    try {
      const edit = { weekId: week.id, version: 0, actor: request.actor, now: clock.now(), id, after }
      if (kind === 'brought') await bringIn(deps, { ...edit, address })
      else if (kind === 'heading') await addPiece(deps, { ...edit, piece: { kind, heading } })
      else if (kind === 'quote') await addPiece(deps, { ...edit, piece: { kind, text: lines, by } })
      else {
        hash = (await sentPicture(request, week)) ?? hash
        if (hash === null) throw new Refused({ picture: 'Choose a picture.' })
        await addPiece(deps, { ...edit, piece: { kind, hash, alt, text: lines } })
      }
    } catch (error) {
      return again(error, reply, { week, kind, form: { ...form, hash }, typed: typedIn(request.body) })
    }
    // The address says which form is settled, to what the browser keeps of it.
    return reply
      .flash('It is in the story.')
      .redirect(`/weeks/${week.id}/recap?put=${form.id}#block-${after}`, 303)
  })

  async function again(
    error: unknown,
    reply: FastifyReply,
    {
      week,
      kind,
      form: { id, after, hash },
      typed,
    }: {
      week: Week
      kind: (typeof ADDED_KINDS)[number]
      form: { id: string; after: string; hash: string | null }
      typed: Record<string, string>
    },
  ): Promise<FastifyReply> {
    const { status, fields: errors } = refusalOf(error)
    return reply
      .code(status)
      .page('recaps/piece', piecePage({ week }, { kind, after, id, typed, hash, errors }))
  }

  async function sentPicture(request: FastifyRequest, week: Week): Promise<string | null> {
    const file = request.uploads.find(({ field }) => field === 'picture')
    const { personId } = request.actor
    return file
      ? keepImage(deps, { file, field: 'picture', accountId: week.accountId, personId, now: clock.now() })
      : null
  }

  async function writable(request: FastifyRequest): Promise<Week> {
    const { id } = request.params as { id: string }
    const week = await findWeek(db.read, id)
    if (!week || week.state === 'cancelled' || !recapPowers(request.actor, week).see) throw new NotFound()
    if (!recapPowers(request.actor, week).write)
      throw new NotAllowed('The story of a week is told by the account’s leads and its host.')
    if (!(await findRecap(db.read, week.id))) throw new NotFound('There is no story of this week yet.')
    return week
  }
}
