import { startAuthentication, startRegistration } from '@simplewebauthn/browser'

/**
 * Forms that need the device's own word: sending one asks the server what to sign, has the device sign it, and then sends the
 * form as any other. They stand hidden until a browser can do it.
 */
export function workPasskeys(page: Document): void {
  if (!('PublicKeyCredential' in window)) return
  for (const form of page.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
    form.hidden = false
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void sign(form)
    })
  }
}

async function sign(form: HTMLFormElement): Promise<void> {
  const trouble = form.querySelector<HTMLElement>('[role="alert"]')!
  const button = form.querySelector<HTMLButtonElement>('button[type="submit"]')!
  trouble.textContent = ''
  button.disabled = true
  try {
    const body = new URLSearchParams({
      _csrf: form.querySelector<HTMLInputElement>('[name="_csrf"]')!.value,
    })
    const answer = await fetch(form.dataset['options']!, { method: 'POST', body, redirect: 'manual' })
    if (!answer.ok) throw new Error('The page is too old. Please open it again.')
    const { options } = (await answer.json()) as { options: never }
    const response =
      form.dataset['passkey'] === 'make'
        ? await startRegistration({ optionsJSON: options })
        : await startAuthentication({ optionsJSON: options })
    form.querySelector<HTMLInputElement>('[name="response"]')!.value = JSON.stringify(response)
    form.submit()
  } catch (error) {
    trouble.textContent = inWords(error as Error)
    button.disabled = false
  }
}

function inWords({ name, message }: Error): string {
  if (name === 'InvalidStateError') return 'This device has a passkey for you already.'
  if (name === 'NotAllowedError' || name === 'AbortError')
    return 'The device gave no passkey, or it was left too long. Nothing was changed: try again when you like.'
  return message
}
