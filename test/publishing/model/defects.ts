import type { Defect } from './world.ts'

/** What the app must never do, each put in on purpose: the property has to notice every one of them. */
export const DEFECTS: Record<string, Defect> = {
  'what may stand there is sent once more': {
    sql: "update deliveries set state = 'waiting', not_before = null, version = version + 1 where state = 'unknown'",
  },
  'what was withdrawn goes out': {
    sql: `update drafts set state = 'approved' where id in (select draft_id from deliveries where state = 'cancelled');
      update deliveries set state = 'waiting', version = version + 1 where state = 'cancelled'`,
  },
  'the brake is not heeded': {
    sql: `update accounts set brake_at = null;
      update deliveries set state = 'waiting', held_reason = null, version = version + 1 where held_reason = 'brake'`,
  },
  'what a host wrote goes out after they were replaced': {
    sql: `update deliveries set week_id = null where state = 'cancelled'; update drafts set week_host_id = null;
      update deliveries set state = 'waiting', version = version + 1 where state = 'cancelled'`,
  },
  'other words go out than were approved': {
    sql: "update deliveries set payload = json_set(payload, '$.text', 'Other words') where state = 'waiting' and position = 0",
  },
  'words are changed on the way': {
    network: ({ sendPost }) => ({
      sendPost: (token, post, options) => sendPost(token, { ...post, text: `${post.text}!` }, options),
    }),
  },
  'each post is sent twice': {
    network: ({ sendPost }) => ({
      async sendPost(token, post, options) {
        await sendPost(token, post, options)
        return sendPost(token, post, options)
      },
    }),
  },
  'it goes out before its time': {
    sql: 'update deliveries set due_at = queued_at',
  },
  'an answer is forgotten': {
    sql: `update deliveries set state = 'waiting', network_id = null, posted_at = null, version = version + 1
      where state = 'posted'`,
  },
  'a thread answers nothing': {
    network: ({ sendPost }) => ({
      sendPost: (token, post, options) => sendPost(token, { ...post, replyTo: null }, options),
    }),
  },
  'another post is taken down': {
    network: (network) => ({
      removePost: (token, id) =>
        network.removePost(token, network.timeline.find((post) => post.id !== id)?.id ?? id),
    }),
  },
  'a delivery gets where it can’t': {
    moves: "update deliveries set state = 'held', held_reason = 'late' where state in ('failed', 'posted')",
  },
}
