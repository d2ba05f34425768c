import { Header, Pax } from 'tar'
import { packedForms } from './folder.ts'
import type { SiteFile } from './site-files.ts'

/** POSIX.1-1988: everything is told in blocks of so many bytes, and two empty ones end it. */
const BLOCK = 512

/** Files as a tar archive, each with its packed forms, below `folder`, made while it is read. */
export async function* archiveOf(
  files: AsyncIterable<SiteFile>,
  { folder, now }: { folder: string; now: Date },
): AsyncGenerator<Buffer> {
  for await (const { path, bytes } of files) {
    if (bytes === null) throw new Error(`${path} is taken over from nothing.`)
    const forms = [['', bytes] as const, ...(await packedForms(path, bytes))]
    for (const [ending, content] of forms) yield* entry(`${folder}/${path}${ending}`, content, now)
  }
  yield Buffer.alloc(2 * BLOCK)
}

function* entry(path: string, content: Buffer, mtime: Date): Generator<Buffer> {
  const about = { path, mode: 0o644, size: content.length, mtime, type: 'File' as const }
  const header = Buffer.alloc(BLOCK)
  // A name that is too long for the header has a record of its own before it.
  if (new Header(about).encode(header)) yield new Pax(about).encode()
  yield header
  yield content
  const rest = content.length % BLOCK
  if (rest > 0) yield Buffer.alloc(BLOCK - rest)
}
