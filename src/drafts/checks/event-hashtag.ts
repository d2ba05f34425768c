/** As much of an event as decides whether a post belongs to it. */
export interface HashtagEvent {
  name: string
  /** With the #, or empty. */
  hashtag: string
  startsAt: Date
  endsAt: Date
}

/** The events that go on at that time, and whose hashtag none of these texts has. */
export function eventsUntold(texts: string[], events: HashtagEvent[], at: Date): HashtagEvent[] {
  const said = texts.join('\n').toLowerCase()
  return events.filter(
    ({ hashtag, startsAt, endsAt }) =>
      hashtag !== '' && startsAt <= at && at <= endsAt && !hasTag(said, hashtag.toLowerCase()),
  )
}

/** #Care is not in #CareDay. */
function hasTag(said: string, tag: string): boolean {
  return said.split(tag).some((_, at, pieces) => at > 0 && !/^[\p{L}\p{M}\p{N}_]/u.test(pieces[at]!))
}
