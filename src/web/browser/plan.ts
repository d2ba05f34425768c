import { drag } from './drag.ts'

/**
 * The plan of a week without a new page: its forms move a draft in place, and a draft is dragged by its grip to a free time
 * or to another day, with a mouse or a finger. What can't be done in place is done as without a script, by the form.
 */
export function workPlan(page: Document): void {
  if (!page.querySelector('[data-plan]')) return
  page.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || !form.matches('[data-move]')) return
    event.preventDefault()
    const { submitter } = event
    const pressed = submitter instanceof HTMLButtonElement && submitter.name !== '' ? submitter : null
    void move(form, pressed ? { [pressed.name]: pressed.value } : {})
  })
  page.addEventListener('pointerdown', dragDraft)
}

/** To an instant (`to`), or to a day and time of day in the account's zone. */
type Target = { to?: string } | { day: string; time: string }

async function move(form: HTMLFormElement, target: Target): Promise<void> {
  const page = form.ownerDocument
  const fields = new URLSearchParams()
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.set(name, value)
  for (const [name, value] of Object.entries(target)) fields.set(name, value)
  if ('day' in target) fields.delete('at')
  const plan = page.querySelector<HTMLElement>('[data-plan]')!
  const draft = form.closest<HTMLElement>('[data-draft]')?.dataset['draft']
  plan.inert = true
  const answer = await ask(form.action, fields)
  plan.inert = false
  const next = answer?.page.querySelector<HTMLElement>('[data-plan]')
  if (answer && !answer.ok) return send(form, fields)
  if (!next) return answer ? page.location.assign(answer.url) : send(form, fields)
  plan.replaceWith(next)
  next.querySelector<HTMLElement>(`[data-draft="${CSS.escape(draft ?? '')}"] summary`)?.focus()
  // Said after the place is there: a reader hears what changes in it.
  const said = answer!.page.querySelector('.flash p')?.textContent ?? ''
  setTimeout(() => (next.querySelector('[data-plan-said]')!.textContent = said))
}

async function ask(
  action: string,
  body: URLSearchParams,
): Promise<{ page: Document; ok: boolean; url: string } | null> {
  try {
    const response = await fetch(action, { method: 'POST', body })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    return { page, ok: response.ok, url: response.url }
  } catch {
    return null
  }
}

/** As without a script: whatever comes then, a page says it. */
function send(form: HTMLFormElement, fields: URLSearchParams): void {
  const page = form.ownerDocument
  const plain = page.createElement('form')
  plain.method = 'post'
  plain.action = form.action
  for (const [name, value] of fields) {
    const field = page.createElement('input')
    field.type = 'hidden'
    field.name = name
    field.value = value
    plain.append(field)
  }
  page.body.append(plain)
  plain.submit()
}

function dragDraft(event: PointerEvent): void {
  const grip = event.target
  if (!(grip instanceof HTMLElement) || !grip.matches('[data-grip]')) return
  const page = grip.ownerDocument
  const dragged = grip.closest<HTMLElement>('[data-draft]')!
  dragged.dataset['dragged'] = ''
  drag<HTMLElement>(event, grip, {
    under: (element) => placeUnder(element, dragged),
    mark(place) {
      for (const marked of page.querySelectorAll('[data-plan] [data-target]'))
        if (marked !== place) marked.removeAttribute('data-target')
      place?.setAttribute('data-target', '')
    },
    drop: (place) => drop(dragged, place),
    end() {
      delete dragged.dataset['dragged']
    },
  })
}

/** A free time, else the day; not where it is already. */
function placeUnder(target: Element | null, dragged: HTMLElement): HTMLElement | null {
  const free = target?.closest<HTMLElement>('[data-plan] [data-to]')
  if (free) return free
  const day = target?.closest<HTMLElement>('[data-plan] [data-date]')
  return day && !day.contains(dragged) && day.dataset['day'] !== 'past' ? day : null
}

function drop(dragged: HTMLElement, place: HTMLElement): void {
  const form = dragged.querySelector<HTMLFormElement>('form[data-move]')!
  const { to, date } = place.dataset
  if (to) return void move(form, { to })
  const time = dragged.dataset['time']
  if (time) return void move(form, { day: date!, time })
  // It has no time yet: its page asks for one.
  form.ownerDocument.location.assign(`${form.action}?${new URLSearchParams({ day: date! })}`)
}
