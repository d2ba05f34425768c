const IN_BRACES = /\{([^{}]*)\}/g

/** The names in braces that stand for nothing, each once. */
export function unknownIn(words: string, known: readonly string[]): string[] {
  const named = [...words.matchAll(IN_BRACES)].map(([, name]) => name!)
  return [...new Set(named)].filter((name) => !known.includes(name))
}

/** The words with their variables filled in, once: what a value holds is no variable. */
export function fillIn(words: string, values: Partial<Record<string, string>>): string {
  return words.replace(IN_BRACES, (whole, name: string) => values[name] ?? whole)
}
