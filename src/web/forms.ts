import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Conflict, Refused } from '../errors.ts'

/** A file of a form, streamed into a folder that is gone after the answer. `tooLarge`: it was cut. */
export interface UploadedFile {
  field: string
  filename: string
  path: string
  bytes: number
  tooLarge: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    uploads: UploadedFile[]
    uploadFolder: string | null
  }
}

/** Words of a form: a whole megabyte of text must come back to the person with a clear message, not be cut off. */
export const FORM_BYTES = 8 * 1024 * 1024
/** A picture from a phone: larger ones are refused in words. */
export const FILE_BYTES = 30 * 1024 * 1024

/** After this, `request.body` is a form's fields whatever its encoding, and `request.uploads` its files. */
export async function registerForms(app: FastifyInstance): Promise<void> {
  app.decorateRequest('uploadFolder', null)
  app.decorateRequest('uploads')
  await app.register(formbody, { bodyLimit: FORM_BYTES })
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { fileSize: FILE_BYTES, files: 30, fields: 400, fieldSize: FORM_BYTES },
  })
  app.addHook('onRequest', async (request) => {
    request.uploads = []
  })
  app.addHook('preValidation', async (request) => {
    if (request.isMultipart()) await readMultipart(request).catch(asAnswer)
  })
  app.addHook('onResponse', async (request) => {
    if (request.uploadFolder) await rm(request.uploadFolder, { recursive: true, force: true })
  })
}

async function readMultipart(request: FastifyRequest): Promise<void> {
  const fields: Record<string, string | string[]> = {}
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      if (part.valueTruncated) throw new TooMuch()
      const value = String(part.value)
      const before = fields[part.fieldname]
      fields[part.fieldname] = before === undefined ? value : [before, value].flat()
    } else if (part.filename === '') {
      part.file.resume()
    } else {
      request.uploadFolder ??= await mkdtemp(join(tmpdir(), 'upload-'))
      const path = join(request.uploadFolder, String(request.uploads.length))
      await pipeline(part.file, createWriteStream(path))
      request.uploads.push({
        field: part.fieldname,
        filename: part.filename,
        path,
        bytes: part.file.bytesRead,
        tooLarge: part.file.truncated,
      })
    }
  }
  request.body = fields
}

/** More words than a form may have; the error page of 413 says so. */
class TooMuch extends Error {
  readonly statusCode = 413
}

/** The parser's error for a form that breaks off names no status: without one it would look like our fault. */
function asAnswer(error: Error & { statusCode?: number }): never {
  throw Object.assign(error, { statusCode: error.statusCode ?? 400 })
}

/**
 * What was typed, checked. Messages of the schema are shown as they stand, so write them for people.
 * @throws Refused with a message for each wrong field.
 */
export function readForm<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body ?? {})
  if (result.success) return result.data
  const fields: Record<string, string> = {}
  for (const issue of result.error.issues) fields[issue.path.join('.')] ??= issue.message
  throw new Refused(fields)
}

/** The model of the partial `error-summary`; a field's id is its name. */
export function errorSummary(fields: Record<string, string>) {
  const errors = Object.entries(fields).map(([id, message]) => ({ id: id || null, message }))
  return {
    title: errors.length === 1 ? 'One thing to put right' : `${errors.length} things to put right`,
    errors,
  }
}

/** A form's fields as they came, one value each, to be shown again. */
export function typedIn(body: unknown): Record<string, string> {
  const fields = Object.entries((body ?? {}) as Record<string, string | string[]>)
  return Object.fromEntries(fields.map(([name, value]) => [name, [value].flat()[0] ?? '']))
}

/**
 * A form that comes back: its status and its messages by field. A conflict speaks of the whole form. Rethrows everything else.
 */
export function refusalOf(error: unknown): { status: 409 | 422; fields: Record<string, string> } {
  if (error instanceof Refused) return { status: 422, fields: error.fields }
  if (error instanceof Conflict) return { status: 409, fields: { '': error.message } }
  throw error
}

/** Field rules that many forms share. */
export const line = (label: string, most: number) =>
  z
    .string({ error: `${label} is missing.` })
    .trim()
    .min(1, `${label} is missing.`)
    .max(most, `${label} has more than ${most} characters.`)

export const optionalLine = (label: string, most: number) =>
  z.string().trim().max(most, `${label} has more than ${most} characters.`).default('')

/** The id that a form carries from when it was shown, so that sending it twice makes one thing. */
export const formId = z.uuid('This form is broken. Please open its page again.')

/** The version of the thing that the form was shown for. */
export const version = z.coerce.number('This form is broken. Please open its page again.').int()
