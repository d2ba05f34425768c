/**
 * Makes an element say what another one says, in place: what is the same stays, and with it the focus, what somebody typed or
 * ticked, and what they opened. What stands in the page:
 *
 * - `data-id` or an id: the same thing, wherever it stands now.
 * - `data-seen`: what somebody reads to decide it. When it is another one it stays as they saw it, and says so.
 * - `data-stays`: made by the page or said once; it is never taken away.
 * - `data-own-state`: its attributes are the page's own.
 */
export function replaceQuietly(now: Element, next: Element): void {
  const { activeElement } = now.ownerDocument
  become(now, next)
  const page = now.ownerDocument
  if (!(activeElement instanceof HTMLElement) || page.activeElement === activeElement) return
  if (activeElement.isConnected) return activeElement.focus({ preventScroll: true })
  // What had the focus is gone. The keyboard goes on in the page, and not in front of it.
  const main = page.querySelector('main')
  main?.setAttribute('tabindex', '-1')
  main?.focus({ preventScroll: true })
}

function become(now: Element, next: Element): void {
  if (now.isEqualNode(next)) return
  const seen = now.getAttribute('data-seen')
  if (seen !== null && seen !== next.getAttribute('data-seen')) {
    for (const note of now.querySelectorAll<HTMLElement>('[data-moved-on]')) note.hidden = false
    return
  }
  const untouched = now instanceof HTMLInputElement && now.value === now.defaultValue
  if (!now.hasAttribute('data-own-state')) takeAttributes(now, next)
  // Once somebody typed into a field, its attribute alone shows nothing any more.
  if (untouched && now.value !== now.defaultValue) now.value = now.defaultValue
  if (now instanceof HTMLTextAreaElement) {
    // What was typed is the value; the text is what it began with.
    if (now.value === now.defaultValue) now.defaultValue = (next as HTMLTextAreaElement).defaultValue
    return
  }
  takeChildren(now, next)
}

/** What somebody opened stays open. */
const OWN = new Set(['open', 'aria-expanded'])

function takeAttributes(now: Element, next: Element): void {
  for (const name of now.getAttributeNames())
    if (!next.hasAttribute(name) && !OWN.has(name)) now.removeAttribute(name)
  for (const name of next.getAttributeNames()) {
    const value = next.getAttribute(name)!
    if (!OWN.has(name) && now.getAttribute(name) !== value) now.setAttribute(name, value)
  }
}

function takeChildren(now: Element, next: Element): void {
  const left = new Set<ChildNode>(now.childNodes)
  let cursor: ChildNode | null = now.firstChild
  const forward = () => {
    while (cursor && (!left.has(cursor) || stays(cursor))) cursor = cursor.nextSibling
  }
  for (const child of next.childNodes) {
    forward()
    const same = counterpart(left, cursor, child)
    if (!same) {
      now.insertBefore(now.ownerDocument.importNode(child, true), cursor)
      continue
    }
    left.delete(same)
    if (same !== cursor) now.insertBefore(same, cursor)
    if (same instanceof Element && child instanceof Element) become(same, child)
    else if (same.nodeValue !== child.nodeValue) same.nodeValue = child.nodeValue
  }
  for (const child of left) if (!stays(child)) child.remove()
}

/** What a child of the new page is in the old one: by its name, or else what stands there, where it is of the same kind. */
function counterpart(
  left: Set<ChildNode>,
  cursor: ChildNode | null,
  child: ChildNode,
): ChildNode | undefined {
  const name = nameOf(child)
  if (name !== null) return [...left].find((one) => nameOf(one) === name && isAlike(one, child))
  const stayed = stays(child) ? [...left].find((one) => stays(one) && isAlike(one, child)) : undefined
  if (stayed) return stayed
  for (let one = cursor; one; one = one.nextSibling)
    if (left.has(one) && !stays(one) && nameOf(one) === null && isAlike(one, child)) return one
  return undefined
}

function isAlike(one: ChildNode, other: ChildNode): boolean {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName
}

function nameOf(node: ChildNode): string | null {
  if (!(node instanceof Element)) return null
  // Not `node.id`: of a form that is its field of that name.
  return node.getAttribute('data-id') ?? node.getAttribute('id')
}

function stays(node: ChildNode): boolean {
  return node instanceof Element && node.hasAttribute('data-stays')
}
