import { Refused } from '../../errors.ts'
import { MOST_IMAGES } from '../../images/image.ts'
import { keepImage, type ImageStore, type SentFile } from '../../images/keep-image.ts'
import { partField, TOO_MANY_IMAGES, type Problems } from '../check-content.ts'
import { readEditorForm, type EditorForm, type EditorPart } from './editor-form.ts'

/** A file of the form, with the name that it had on the sender's device. */
export interface EditorFile extends SentFile {
  field: string
  filename: string
}

interface Sent {
  body: unknown
  files: EditorFile[]
  accountId: string
  personId: string
  now: Date
}

/** What the editor sent, its images kept, so that they need not be chosen again whatever else is wrong. */
export async function receiveEditor(
  store: ImageStore,
  sent: Sent,
): Promise<{ form: EditorForm; problems: Problems }> {
  const form = readEditorForm(sent.body)
  const problems: Problems = {}
  for (const [at, part] of form.parts.entries()) {
    const field = partField(at, 'image')
    const files = sent.files.filter((file) => file.field === field)
    const wrong: string[] = []
    for (const file of files) {
      const why = await attach(store, part, { ...sent, file, field })
      if (why) wrong.push(files.length > 1 ? `${file.filename}: ${why}` : why)
    }
    if (wrong.length > 0) problems[field] = [...new Set(wrong)].join(' ')
  }
  return { form, problems }
}

/** Adds one file to a part. The description that stood ready goes to the first. Returns why it was not taken, for people. */
async function attach(
  store: ImageStore,
  part: EditorPart,
  sent: Omit<Sent, 'body' | 'files'> & { file: EditorFile; field: string },
): Promise<string | null> {
  if (part.images.length >= MOST_IMAGES) return TOO_MANY_IMAGES
  try {
    const hash = await keepImage(store, sent)
    if (part.images.some((image) => image.hash === hash)) return null
    part.images = [...part.images, { hash, alt: part.newAlt }]
    part.newAlt = ''
    return null
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return Object.values(error.fields).join(' ')
  }
}
