import { changedEarly } from './came-anew.ts'

/**
 * The form about what is held: its button says how many posts go; a new day or time that is typed chooses “at a new time”, and
 * another choice empties the time again.
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
    if (!(target instanceof HTMLInputElement)) return
    const post = target.closest('.held-post')
    if (!post) return
    const time = post.querySelector<HTMLInputElement>('input[type="time"]')
    const day = post.querySelector<HTMLInputElement>('input[type="date"]')
    const choice = post.querySelector<HTMLInputElement>('input[type="radio"][value="time"]')
    if ((target === time || target === day) && target.value && choice) choice.checked = true
    if (time && target.type === 'radio' && target.value !== 'time') time.value = ''
    count()
  })
  const times = '.held-post :is(input[type="date"], input[type="time"])'
  for (const typed of form.querySelectorAll(times))
    if (changedEarly(typed)) typed.dispatchEvent(new Event('input', { bubbles: true }))
  count()
}
