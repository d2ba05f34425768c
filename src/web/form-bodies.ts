import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'

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
  // Not onResponse, which never comes when the sender has gone away before the answer.
  app.addHook('onSend', async (request) => {
    if (request.uploadFolder) await rm(request.uploadFolder, { recursive: true, force: true })
  })
}

async function readMultipart(request: FastifyRequest): Promise<void> {
  const fields: Record<string, string | string[]> = {}
  // At once: what was typed is given back also where a picture after it can't be kept.
  request.body = fields
  let words = 0
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      const value = String(part.value)
      words += value.length
      if (part.valueTruncated || words > FORM_BYTES) {
        // Or the parser would go on to read what follows into the memory.
        request.raw.unpipe()
        throw new TooMuch()
      }
      const before = fields[part.fieldname]
      fields[part.fieldname] = before === undefined ? value : [before, value].flat()
    } else if (part.filename === '' || request.visitor === null) {
      // No file was chosen, or nobody is signed in: strangers can't fill the disk.
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
}

/** More words than a form may have; the error page of 413 says so. */
class TooMuch extends Error {
  readonly statusCode = 413
}

/**
 * The parser's error for a form that breaks off names no status: without one it would look like our fault. What the system
 * refused, such as a file on a full disk, is our fault.
 */
function asAnswer(error: Error & { statusCode?: number }): never {
  if ('syscall' in error) throw error
  throw Object.assign(error, { statusCode: error.statusCode ?? 400 })
}
