import { changedEarly } from './came-anew.ts'

/**
 * The form about what is held: its button says how many posts go; a new time that is typed chooses “at a new time”, and another
 * choice empties it again.
 */
export function workHeldPosts(page: Document): void {
  const form = page.querySelector<HTMLFormElement>('form[data-held-posts]')
  const button = form?.querySelector<HTMLButtonElement>('button[data-kind="main"]')
  if (!form || !button) return
  const verb = form.dataset['heldPosts']!
  const count = () => {
    const goes = form.querySelectorAll('input[value="own"]:checked, input[value="time"]:checked').length
    button.textContent = goes === 0 ? `${verb}, and send nothing` : `${verb}, and send ${goes}`
  }
  form.addEventListener('input', ({ target }) => {
    const post = target instanceof HTMLInputElement ? target.closest('.held-post') : null
    if (!post) return
    const time = post.querySelector<HTMLInputElement>('input[type="time"]')
    const choice = post.querySelector<HTMLInputElement>('input[type="radio"][value="time"]')
    if (target === time && time?.value && choice) choice.checked = true
    if (time && target instanceof HTMLInputElement && target.type === 'radio' && target.value !== 'time')
      time.value = ''
    count()
  })
  for (const time of form.querySelectorAll<HTMLInputElement>('.held-post input[type="time"]'))
    if (changedEarly(time)) time.dispatchEvent(new Event('input', { bubbles: true }))
  count()
}
