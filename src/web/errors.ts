import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { Conflict, diskTroubleOf, Faster, NotAllowed, NotFound, Refused } from '../errors.ts'

interface ErrorPage {
  status: number
  title: string
  message: string
}

/** Turns errors into pages in plain words. `render` is the page of the place: with the desk's frame, or the public one. */
export function registerErrorPages(
  app: FastifyInstance,
  render: (reply: FastifyReply, page: ErrorPage) => Promise<FastifyReply>,
): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    if (error.code?.startsWith('FST_CSRF') && 'keepTyped' in reply)
      return reply.keepTyped(request.visitor ? 403 : 401)
    const page = errorPage(error)
    if (page.status >= 500) request.log.error({ err: error }, 'failed')
    return render(reply.code(page.status), page)
  })
}

function errorPage(error: Error & Partial<FastifyError>): ErrorPage {
  if (error instanceof NotFound) return { status: 404, title: 'Not found', message: error.message }
  if (error instanceof NotAllowed) return { status: 403, title: 'Not for you to do', message: error.message }
  if (error instanceof Faster) return { status: 409, title: 'Somebody was faster', message: error.message }
  if (error instanceof Conflict) return { status: 409, title: 'That was not done', message: error.message }
  if (error instanceof Refused) return { status: 422, title: 'That can’t be taken', message: error.message }
  if (error.statusCode === 429) {
    return { status: 429, title: 'Too many tries', message: 'Please wait a few minutes, then try again.' }
  }
  if (error.statusCode === 413) {
    return {
      status: 413,
      title: 'Too much at once',
      message: 'What was sent is larger than this page can take.',
    }
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return {
      status: error.statusCode,
      title: 'That can’t be taken',
      message: 'The form arrived broken. Please try again.',
    }
  }
  const disk = diskTroubleOf(error)
  if (disk) {
    return {
      status: 507,
      title: disk === 'full' ? 'The disk is full' : 'The disk does not work',
      message: `The disk of this installation ${disk === 'full' ? 'is full' : 'can’t be written to'}, so nothing of this was saved, not even in part. What was saved before is there. Please tell whoever runs this installation, and try again afterwards.`,
    }
  }
  return {
    status: 500,
    title: 'Something broke here',
    message: 'It is our fault, not yours. Nothing that was saved is lost. Please try again in a minute.',
  }
}
