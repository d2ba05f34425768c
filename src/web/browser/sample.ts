import { checkSample } from '../../drafts/checks/check-sample.ts'
import type { CheckContext } from '../../drafts/checks/check-words.ts'

/** The count and the checks of a sample post follow what is typed. Loaded on pages with such a field only. */
export function workSample(page: Document): void {
  const box = page.querySelector<HTMLElement>('[data-sample]')
  const area = box?.querySelector('textarea')
  if (!box || !area) return
  const context = JSON.parse(box.dataset['sample']!) as CheckContext
  const list = box.querySelector<HTMLElement>('.checks')!
  const show = () => {
    const { weight, over, checks } = checkSample(area.value, context)
    setText(box.querySelector('[data-weight]')!, String(weight))
    setText(box.querySelector('[data-over]')!, over > 0 ? `${over} too long` : '')
    list.replaceChildren(
      ...checks.map(({ level, title, text }) => {
        const item = page.createElement('li')
        if (level) item.dataset['level'] = level
        const words = page.createElement('span')
        const strong = page.createElement('b')
        strong.textContent = title ?? ''
        words.append(strong, ` ${text}`)
        item.append(words)
        return item
      }),
    )
  }
  area.addEventListener('input', show)
  show()
}

/** A live region speaks when it changes, so it must not be set to what it says already. */
function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}
