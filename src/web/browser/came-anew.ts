/** By a link or a form. What a page holds that was loaded again or gone back to, the browser may have put back by itself. */
export function cameAnew(): boolean {
  const [how] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return how?.type === 'navigate'
}
