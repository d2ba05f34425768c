import type { Arrange } from './arrange-in-place.ts'
import { cameAnew } from './came-anew.ts'

/** Images are taken in as soon as they are chosen, pasted or dropped, and the typing goes on meanwhile. */
export function takeImages(page: Document, arrange: Arrange): void {
  const take = (part: HTMLElement) => {
    const number = part.dataset['part']!
    const status = part.querySelector('[data-attaching]')
    if (status) status.textContent = 'The images are on their way …'
    void arrange(`attach-${number}`, { whileTyping: true })
  }
  const early = chosenAlready(page)
  if (early) take(early)
  page.addEventListener('change', ({ target }) => {
    const part = partAround(target)
    if (part && target instanceof HTMLInputElement && target.type === 'file' && target.files?.length)
      take(part)
  })
  page.addEventListener('paste', (event) => {
    const part = partAround(event.target)
    if (part && offer(part, event.clipboardData)) {
      event.preventDefault()
      take(part)
    }
  })
  page.addEventListener('dragover', (event) => {
    if (partAround(event.target) && event.dataTransfer?.types.includes('Files')) event.preventDefault()
  })
  page.addEventListener('drop', (event) => {
    const part = partAround(event.target)
    if (!part || !event.dataTransfer?.types.includes('Files')) return
    event.preventDefault() // or the browser leaves the page for the file
    if (offer(part, event.dataTransfer)) take(part)
  })
}

/** The part whose images were chosen while this was being loaded. */
function chosenAlready(page: Document): HTMLElement | null {
  if (!cameAnew()) return null
  const fields = page.querySelectorAll<HTMLInputElement>('form[data-editor] [data-part] input[type="file"]')
  return partAround([...fields].find(({ files }) => files?.length) ?? null)
}

function partAround(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('form[data-editor] [data-part]') : null
}

/** Puts images into the part's file field. False when there are none, or the part takes no more. */
function offer(part: HTMLElement, data: DataTransfer | null): boolean {
  const files = [...(data?.files ?? [])].filter(({ type }) => type.startsWith('image/'))
  if (files.length === 0) return false
  const field = part.querySelector<HTMLInputElement>('input[type="file"]')
  const status = part.querySelector('[data-attaching]')
  if (!field) {
    if (status) status.textContent = 'X takes no more images in this part.'
    return false
  }
  const list = new DataTransfer()
  for (const file of files) list.items.add(file)
  field.files = list.files
  return true
}
