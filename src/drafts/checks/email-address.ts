const ADDRESS = /(?<![\w.+-])[\w.+-]*\w@(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z]{2,}(?![\w-])/gi

/** Mailboxes of a team, which no person has to themselves. */
const OF_A_TEAM =
  /^(?:admin|admissions|advice|appointments|bookings?|careers|comms|communications|community|contact|contactus|engagement|enquir(?:y|ies)|events|feedback|foi|fundraising|hello|help|helpdesk|hr|info|information|jobs|library|media|membership|news|office|pals|press|pressoffice|queries|reception|recruitment|research|safeguarding|support|team|training|volunteer(?:s|ing)?|web)(?:[._-]?(?:team|office|desk))?@/i

/** E-mail addresses in a text that could be a person's own, the ones that the account gives to everybody left out. */
export function emailAddressesIn(text: string, known: string): string[] {
  const own = known.toLowerCase()
  return [...text.matchAll(ADDRESS)]
    .map(([address]) => address)
    .filter((address) => !OF_A_TEAM.test(address) && !own.includes(address.toLowerCase()))
}
