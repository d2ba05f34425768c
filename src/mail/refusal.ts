/** What a mail server said when it would not take a mail. */
export interface Answer {
  /** At which step of the conversation, as SMTP calls it. */
  command: 'RCPT TO' | 'DATA'
  /** The three figures of RFC 5321, 4.2.1: 4 at their beginning is for now, 5 for good. */
  code: number
  /** All that it said, figures included; may have several lines. */
  reply: string
}

export type Refusal = 'put-off' | 'refused' | 'no-mailbox'

/**
 * Whether an answer is for now (`put-off`), for good but about the words, the sender or the server’s rules (`refused`), or says
 * that the address itself does not work (`no-mailbox`), so that no other mail would reach it either. In doubt it is not the
 * address: who is marked wrongly gets nothing more.
 */
export function refusalOf({ command, code, reply }: Answer): Refusal {
  if (code < 500) return 'put-off'
  const words = wordsOf(reply)
  if (IS_FULL.test(words)) return 'refused'
  const said = enhancedCode(reply)
  if (said) {
    const isOfMailbox = MAILBOX_CODES.has(said) && !(said === OTHER_ADDRESS && ABOUT_US.test(words))
    return isOfMailbox ? 'no-mailbox' : 'refused'
  }
  // RFC 5321, 4.2.3: 550 “mailbox unavailable … or command rejected for policy reasons”, 553 “mailbox name not allowed”. The
  // figures alone leave open which; at DATA it is the mail.
  const isBare = command === 'RCPT TO' && (code === 550 || code === 553)
  return isBare && NOBODY_THERE.test(words) && !ABOUT_US.test(words) ? 'no-mailbox' : 'refused'
}

/** RFC 3463, 3.2: “other address status”, which does not say whose address; Postfix says it of a sender that it does not know. */
const OTHER_ADDRESS = '5.1.0'

/**
 * RFC 3463, 3.2 and 3.3, with 5.1.10 of RFC 7505: the mailbox, its name, its domain, and a mailbox that is closed. Not among them
 * are 5.1.7 and 5.1.8, which are about the sender, 5.1.9 (RFC 3886, a relay), 5.2.2 (full), 5.2.3 and 5.3.4 (too long), and 5.7
 * (policy, spam, signing in).
 */
const MAILBOX_CODES = new Set([OTHER_ADDRESS, '5.1.1', '5.1.2', '5.1.3', '5.1.4', '5.1.6', '5.1.10', '5.2.1'])

/** Whatever the figures: somebody has the mailbox, and empties it one day. */
const IS_FULL = /\bfull\b|quota|\bstorage\b|\bexceed/i

/** What servers say that give no code of RFC 3463, when it is not about the mailbox. */
const ABOUT_US =
  /\bsender|\brelay|spam|\bblock|black.?list|deny.?list|(?<!not )\blisted\b|\b(dns)?[rb]bl|gr[ea]y.?list|\bdenied\b|polic(y|ies)|prohibit|reputation|\bspf\b|\bdkim\b|\bdmarc\b|\b[he]e?hlo\b|\breverse\b|authenticat|authori[sz]|rate.?limit|too many|\bsize\b|too (large|big)|\byour (address|domain|host|ip|mail|network|server)\b/i

const SOMEBODY = '(?:user|mail ?box|inbox|recipient|addressee|address|account)s?'

/** And when it is: “no such user”, “unrouteable address”, “user unknown”, “the account does not exist”. */
const NOBODY_THERE = new RegExp(
  [
    `\\b(?:no such|no|unknown|invalid|bad|non-?existent|unrout(?:e)?able|undeliverable|inactive|disabled|not a valid) (?:local |e?-?mail |person |recipient )?${SOMEBODY}\\b`,
    `\\b${SOMEBODY}[ :,.]*(?:(?:address|account|name|is|was|has|been|currently|rejected|does|do)\\b[ :,.]*){0,4}(?:unknown|unavailable|not available|not found|not known|not exist|doesn.t exist|non-?existent|invalid|not valid|not listed|disabled|inactive|deactivated|closed)\\b`,
    '\\bmailbox name not allowed\\b',
  ].join('|'),
  'i',
)

/** What it said on all its lines, without the address that it repeats: what words stand in that says nothing. */
function wordsOf(reply: string): string {
  return reply
    .replace(/^\d{3}[ -]/gm, '')
    .replace(/<[^<>\s]*@[^<>\s]*>|[^\s<>:,;]+@[^\s<>:,;]+/g, 'address')
    .replace(/\s+/g, ' ')
}

/**
 * RFC 2034, 4: it stands behind the figures of each line. Some servers write it as “#5.1.1” there, or in brackets at the end.
 */
function enhancedCode(reply: string): string | null {
  const found =
    /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(reply) ?? /#(5\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(reply)
  return found?.[1] ?? null
}

const WORDS_AT_MOST = 200

/** A server’s answer for people: in one line, without its figures, addresses of web pages and what no line should hold. */
export function cleaned(reply: string): string {
  const words = reply
    .split(/\r?\n/)
    .map((line) => line.replace(/^\d{3}[ -]?(?:#?5\.\d{1,3}\.\d{1,3}\s)?/, ''))
    .join(' ')
    .replace(/https?:\/\/\S+/gi, '')
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return words.length > WORDS_AT_MOST ? `${words.slice(0, WORDS_AT_MOST - 1).trimEnd()}…` : words
}
