import type { CheckKind } from '../../accounts/check-rules.ts'

/** What somebody may answer to a finding; a sentence that goes on the record. */
export const ANSWERS: Record<CheckKind, readonly string[]> = {
  'nhs-number': ['It is a made-up number', 'It is no NHS number'],
  'date-of-birth': ['It is nobody’s date of birth', 'They agreed'],
  'hospital-number': ['It is a made-up number', 'It is no patient’s number'],
  'phone-number': ['It is a public number', 'It is no phone number'],
  'email-address': ['It is a public address', 'They agreed'],
  'post-code': ['It is a public address', 'It is no postcode'],
  'people-in-picture': ['They agreed', 'Nobody can be recognised'],
  'lazy-alt': ['It says enough'],
  'hashtag-capitals': ['It is written so'],
  shouting: ['Leave it so'],
  'rude-word': ['Leave it so'],
  'event-hashtag': ['Leave it out'],
  'unknown-handle': ['It is right so'],
  'dead-link': ['It will work by then'],
  'much-the-same': ['It is meant so'],
}

/** The value of an answer's button: which of the answers, and to what. */
export function answerValue(index: number, key: string): string {
  return `${index} ${key}`
}

/** The value of the button that takes an answer back. */
export function takeBackValue(key: string): string {
  return `back ${key}`
}

/** What a pressed button says; null for what no button of ours says. */
export function readAnswer(value: string): { answer: number | 'back'; key: string } | null {
  const [, which, key] = /^(\d|back) ((?:[a-z]+-?)+:[^]*)$/.exec(value) ?? []
  if (!which || !key) return null
  return { answer: which === 'back' ? 'back' : Number(which), key }
}
