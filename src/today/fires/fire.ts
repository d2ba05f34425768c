/** Something that needs a look now: a card at the head of Today. */
export interface Fire {
  tag: { state: string; label: string }
  since: string | null
  title: string
  quote: string | null
  text: string
  link: { href: string; label: string } | null
  also?: { href: string; label: string } | null
  /** Where one sentence speaks of several posts: each of them. */
  posts?: { text: string; href: string | null; time: { iso: string; label: string } }[]
}
