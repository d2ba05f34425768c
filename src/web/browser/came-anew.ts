/** By a link or a form. What a page holds that was loaded again or gone back to, the browser may have put back by itself. */
export function cameAnew(): boolean {
  const [how] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return how?.type === 'navigate'
}

/** Somebody typed, ticked or chose something there since the page came. Files, which no page comes with, do not count. */
export function isChanged(field: Element): boolean {
  if (field instanceof HTMLTextAreaElement) return field.value !== field.defaultValue
  if (field instanceof HTMLSelectElement) {
    const first = [...field.options].find(({ defaultSelected }) => defaultSelected) ?? field.options[0]
    return field.selectedOptions[0] !== first
  }
  if (!(field instanceof HTMLInputElement) || field.type === 'file') return false
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked
  return field.value !== field.defaultValue
}

/** It was, before the script came that would have seen it happen. */
export function changedEarly(field: Element): boolean {
  return cameAnew() && isChanged(field)
}

/** Takes the focus there, unless somebody is at work somewhere by now: the page may have stood there long before its script. */
export function focusAtStart(place: HTMLElement | null | undefined): void {
  const { activeElement: at, body } = document
  if (!at || at === body || (at.matches('[autofocus]') && !isChanged(at))) place?.focus()
}
