import { levelOf, type CheckKind, type CheckRules } from '../../accounts/check-rules.ts'
import type { DraftContent } from '../draft.ts'
import { MOST_CHARACTERS, stretchesOf } from '../weight.ts'
import { birthDatesIn } from './birth-date.ts'
import { emailAddressesIn } from './email-address.ts'
import { keyOf, type Finding } from './finding.ts'
import { flatHashtag } from './hashtag-capitals.ts'
import { hospitalNumbersIn } from './hospital-number.ts'
import { whyLazy } from './lazy-alt.ts'
import { nhsNumbersIn } from './nhs-number.ts'
import { phoneNumbersIn } from './phone-number.ts'
import { postCodesIn } from './post-code.ts'
import { rudeWordsIn } from './rude-word.ts'
import { shoutsIn } from './shouting.ts'

/** What the checks of the words have to know beside them; goes to the browser too, so nothing in it is secret. */
export interface CheckContext {
  rules: CheckRules
  /** Whatever the account says in public of how to reach it: its own numbers and addresses are no findings. */
  known: string
  /** Hashtags that the account and its events chose, with the #: they are written as they are. */
  tags: string[]
}

export const NO_CONTEXT: CheckContext = {
  rules: { levels: {}, secondApprover: false },
  known: '',
  tags: [],
}

/**
 * What the words and pictures of a draft give away by themselves: no look-up, no database, the same on the server and in
 * the browser. In the order of the parts; each finding once.
 */
export function checkWords(content: DraftContent, { rules, known, tags }: CheckContext): Finding[] {
  const seen = new Set<string>()
  const found: Finding[] = []
  content.parts.forEach((part, at) => {
    const add = (kind: CheckKind, image: number | null, hits: Hit[]) => {
      if (levelOf(rules, kind) === 'off') return
      for (const { excerpt, about = excerpt, title, text } of hits) {
        const key = keyOf(kind, about)
        if (seen.has(key)) continue
        seen.add(key)
        found.push({ kind, part: at, image, excerpt, key, title, text })
      }
    }
    const stretches = stretchesOf(part.text.slice(0, MOST_CHARACTERS))
    // The digits of an address are nobody's number, and hashtags have a check of their own.
    const words = stretches
      .map(({ text, kind }) => (kind === 'link' ? blank(text) : text))
      .join('')
      .replaceAll(/\bhttps?:\/\/\S+/gi, blank) // also where X would make no link of it
    const plain = stretches.map(({ text, kind }) => (kind ? blank(text) : text)).join('')
    const tagged = stretches.flatMap(({ text, kind }) => (kind === 'hashtag' ? [text] : []))
    const sayings: [string, number | null][] = [
      [words, null],
      ...(part.poll?.options ?? []).map((option): [string, null] => [option, null]),
      ...part.images.map(({ alt }, image): [string, number] => [alt.slice(0, MOST_CHARACTERS), image]),
    ]
    for (const [said, image] of sayings) {
      add('nhs-number', image, nhsNumbersIn(said).map(nhsNumber))
      add('date-of-birth', image, birthDatesIn(said).map(birthDate))
      add('hospital-number', image, hospitalNumbersIn(said).map(hospitalNumber))
      add('phone-number', image, phoneNumbersIn(said, known).map(phoneNumber))
      add('email-address', image, emailAddressesIn(said, known).map(emailAddress))
      add('post-code', image, postCodesIn(said, known).map(postCode))
      add('rude-word', image, rudeWordsIn(said).map(rudeWord))
    }
    part.images.forEach((image, index) => {
      // In the browser a picture that was only just chosen has no hash yet: it is asked about once it is kept.
      if (image.hash !== '')
        add('people-in-picture', index, [picture(image, part.images.length > 1 ? index + 1 : null)])
      add('lazy-alt', index, lazyAlt(image, part.text))
    })
    add(
      'hashtag-capitals',
      null,
      tagged.flatMap((tag) => flatTag(tag, tags)),
    )
    add('shouting', null, shoutsIn(plain).map(shout))
  })
  return found
}

function blank(text: string): string {
  return ' '.repeat(text.length)
}

interface Hit {
  excerpt: string
  /** What the key is made from, where that is not the excerpt. */
  about?: string
  title: string
  text: string
}

const PATIENT = 'If it could tell somebody who a patient is, please take it out.'

function nhsNumber(number: string): Hit {
  return {
    excerpt: number,
    title: `${number} looks like an NHS number.`,
    text: 'If it belongs to somebody, please take it out.',
  }
}

function birthDate(words: string): Hit {
  return { excerpt: words, title: `“${words}” looks like a date of birth.`, text: PATIENT }
}

function hospitalNumber(words: string): Hit {
  return { excerpt: words, title: `“${words}” looks like a hospital number.`, text: PATIENT }
}

function phoneNumber(number: string): Hit {
  return {
    excerpt: number,
    title: `${number} looks like a phone number.`,
    text: 'If it is somebody’s own, please take it out. A ward’s public number is fine: say so.',
  }
}

function emailAddress(address: string): Hit {
  return {
    excerpt: address,
    title: `${address} is an e-mail address.`,
    text: 'If it is somebody’s own, it will be written to by people nobody knows.',
  }
}

function postCode(code: string): Hit {
  return {
    excerpt: code,
    title: `${code} looks like a postcode.`,
    text: 'Some have only a few homes. If it is somebody’s, please take it out.',
  }
}

function rudeWord(word: string): Hit {
  return {
    excerpt: word,
    title: `“${word}” is rude to many.`,
    text: 'The account says it, and not only you.',
  }
}

/** As yet without a description it is told from the others by its number, as the editor counts them. */
function picture({ hash, alt }: { hash: string; alt: string }, number: number | null): Hit {
  const named = alt.trim() ? `“${shortened(alt.trim())}”` : null
  const which = number ? `It is image ${number}. ` : ''
  return {
    excerpt: named ?? (number ? `image ${number}` : 'the picture'),
    about: hash,
    title: 'Are there people in this picture, and did they agree?',
    text: named ? `It is the one of ${named}. We ask once.` : `${which}We ask once of each picture.`,
  }
}

function lazyAlt({ hash, alt }: { hash: string; alt: string }, text: string): Hit[] {
  const why = whyLazy(alt, text)
  if (!why) return []
  return [
    {
      excerpt: alt.trim(),
      about: `${hash} ${alt.trim()}`,
      title: `“${shortened(alt.trim())}” ${why}.`,
      text: 'Tell people who can’t see it what matters in it.',
    },
  ]
}

function flatTag(tag: string, tags: string[]): Hit[] {
  const better = flatHashtag(tag)
  if (!better || tags.some((own) => own.toLowerCase() === tag.toLowerCase())) return []
  return [
    {
      excerpt: tag,
      title: `${tag} reads better as ${better}.`,
      text: 'A screen reader says words that begin with capitals one by one.',
    },
  ]
}

function shout(words: string): Hit {
  return {
    excerpt: words,
    title: `“${shortened(words)}” is in capitals.`,
    text: 'It reads as shouting, and is hard to read for many.',
  }
}

function shortened(words: string): string {
  return words.length > 60 ? `${words.slice(0, 57)}…` : words
}
