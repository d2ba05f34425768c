import type { Account } from '../accounts.ts'
import { type AccountSection, sectionOf, type SectionValues } from '../change-account.ts'

/** What was typed into a section's form, and what is wrong with it. */
export interface RefusedSection {
  section: AccountSection
  typed: SectionValues
  fields: Record<string, string>
}

export type Values = (name: string) => { value: string; error: string | undefined }

export function valuesOf(account: Account, section: AccountSection, refused?: RefusedSection): Values {
  const mine = refused?.section === section ? refused : undefined
  const now = sectionOf(account, section)
  return (name) => {
    const value = (mine?.typed ?? now)[name] ?? ''
    return { value: String(value), error: mine?.fields[name] }
  }
}
