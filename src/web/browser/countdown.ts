/** Elements with `data-countdown`, the seconds that were left when the page was made, count them down. */
export function workCountdowns(document: Document): void {
  const ends = new WeakMap<HTMLElement, number>()
  setInterval(() => {
    for (const shown of document.querySelectorAll<HTMLElement>('[data-countdown]')) {
      const end = ends.get(shown) ?? performance.now() + Number(shown.dataset['countdown']) * 1000
      ends.set(shown, end)
      const words = leftInWords(Math.round((end - performance.now()) / 1000))
      if (shown.textContent !== words) shown.textContent = words
    }
  }, 1000)
}

/** As the page says it, and by the second in the last ten minutes. */
function leftInWords(seconds: number): string {
  if (seconds <= 0) return 'at this moment'
  if (seconds < 600) return `in ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `in ${minutes} minutes`
  const days = Math.floor(minutes / 1440)
  if (days > 0) return days === 1 ? 'in 1 day' : `in ${days} days`
  return minutes % 60 === 0 ? `in ${minutes / 60} h` : `in ${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
