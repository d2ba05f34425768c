import { fillIn, unknownIn } from './variables.ts'

/** What an account says about its own weeks, each in words that its leads can change. */
export const TEMPLATE_KINDS = ['introduction', 'sign-off', 'recap-out', 'next-host', 'bio'] as const
export type TemplateKind = (typeof TEMPLATE_KINDS)[number]

export const TEMPLATE_TITLES: Record<TemplateKind, string> = {
  introduction: 'The introduction, as a week opens',
  'sign-off': 'The sign-off, as a week closes',
  'recap-out': 'The recap is out',
  'next-host': 'Who hosts next',
  bio: 'The bio on X while a week runs',
}

/** What a variable of a post stands for, by its name. */
export const POST_VARIABLES = {
  name: 'the host’s name',
  role: 'what the host does, and where',
  handle: 'the host’s own handle, with the @',
  account: 'the account’s handle, with the @',
  'account-name': 'the account’s name',
  days: 'the days of the week, such as “23 to 27 November”',
  theme: 'the week’s theme',
  why: 'why this week',
  hashtag: 'the account’s hashtag',
  'week-link': 'the address of the week’s public page, which becomes its recap',
  'next-name': 'the name of the next week’s host',
  'next-role': 'what the next host does, and where',
  'next-days': 'the days of the next week',
  'next-theme': 'the next week’s theme',
} as const
export type PostVariable = keyof typeof POST_VARIABLES
export type PostValues = Record<PostVariable, string>

/** Words of an account's own, and who gave it those: they count as their writer when somebody approves what is made of them. */
export interface OwnTemplate {
  text: string
  wordedBy: string
}
export type OwnTemplates = Partial<Record<TemplateKind, OwnTemplate>>

export const DEFAULT_TEMPLATES: Record<TemplateKind, string> = {
  introduction: `This week, {days}, {account} is in the hands of {name}.
{role}
The theme: {theme}
Say hello, and ask! {hashtag}`,
  'sign-off': `{name} hands {account} back now. Thank you for the week, and to everybody who read, asked and answered!
Next: {next-name}, {next-days}. {hashtag}`,
  'recap-out': `The week of {name} on {account}, told from the first post to the last:
{week-link}`,
  'next-host': `Next on {account}, {next-days}: {next-name}.
{next-role}
The theme: {next-theme}`,
  bio: 'This week: {name}. Each week somebody else of {account-name} has this account. {hashtag}',
}

/** The words that hold for an account; `wordedBy` is null while they are ours. Empty: no such draft is made. */
export function templateOf(
  { postTemplates }: { postTemplates: OwnTemplates | null },
  kind: TemplateKind,
): { text: string; wordedBy: string | null } {
  return postTemplates?.[kind] ?? { text: DEFAULT_TEMPLATES[kind], wordedBy: null }
}

/** What is wrong with words that somebody wrote, for people; null when a post can be made of them. */
export function whyNotTemplate(words: string): string | null {
  const unknown = unknownIn(words, Object.keys(POST_VARIABLES))
  if (unknown.length === 0) return null
  const list = unknown.map((name) => `{${name}}`).join(', ')
  return `${list} ${unknown.length === 1 ? 'is no variable' : 'are no variables'} of a post. Those that there are stand below the fields.`
}

/** People give their job as it stands within a sentence. */
const BEGINS_WITH_ROLE = /^\{(?:next-)?role\}/

/** The words with their variables filled in. A line of which a variable stands for nothing is left out. */
export function fillTemplate(words: string, values: PostValues): string {
  return words
    .split('\n')
    .filter((line) => !emptyIn(line, values))
    .map((line) => {
      const filled = fillIn(line, values)
      return BEGINS_WITH_ROLE.test(line) ? filled.charAt(0).toUpperCase() + filled.slice(1) : filled
    })
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

function emptyIn(line: string, values: PostValues): boolean {
  const empty = Object.keys(POST_VARIABLES).filter((name) => values[name as PostVariable].trim() === '')
  return empty.some((name) => line.includes(`{${name}}`))
}
