import { isBinding, levelOf } from '../../accounts/check-rules.ts'
import { ANSWERS, answerValue, takeBackValue } from './answers.ts'
import type { CheckContext } from './check-words.ts'
import type { Finding } from './finding.ts'

/** The model of the partial `checks`. */
export interface Check {
  /** What it is about, each with where it stands. */
  beside?: { text: string; state: string; href: string }[]
  more?: string | null
  level?: 'advice' | 'stop'
  title?: string
  text: string
  link?: { href: string; label: string }
  /** Who answered it, when, and what. */
  answered?: string
  /** Buttons that answer it, or take the answer back. */
  answers?: { value: string; label: string; of: string; plain: boolean }[]
}

/** What the checks know, and what was answered: in words, by the finding's key. */
export interface SeenContext extends CheckContext {
  answered: Record<string, string>
}

/** A finding as the partial shows it: to be thought about, or answered by whom. */
export function findingCheck(
  { kind, key, excerpt, title, text }: Finding,
  { rules, answered }: SeenContext,
  { link, mayAnswer }: { link?: Check['link']; mayAnswer: boolean },
): Check {
  const level = levelOf(rules, kind)
  const said = level === 'never' ? undefined : answered[key]
  const button = (value: string, label: string, plain = false) => ({
    value,
    label,
    of: `: ${excerpt}`,
    plain,
  })
  if (said !== undefined)
    return {
      title,
      text: kind === 'people-in-picture' && excerpt.startsWith('“') ? `It is the one of ${excerpt}.` : '',
      answered: said,
      ...(mayAnswer ? { answers: [button(takeBackValue(key), 'Take the answer back', true)] } : {}),
    }
  return {
    level: isBinding(level) ? 'stop' : 'advice',
    title,
    text: `${text}${level === 'answer' ? ' It has to be put right or answered before it goes out.' : ''}${level === 'never' ? ' It has to be put right before it goes out.' : ''}`,
    ...(link ? { link } : {}),
    ...(mayAnswer && level !== 'never'
      ? { answers: ANSWERS[kind].map((label, index) => button(answerValue(index, key), label)) }
      : {}),
  }
}
