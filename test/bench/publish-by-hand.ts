import { createHash, randomUUID } from 'node:crypto'
import Sqlite from 'better-sqlite3'
import type { PostToSend } from '../../src/networks/network.ts'
import { testVault } from '../support/network.ts'

/**
 * What the publisher does for posts that go out well, written by hand on the driver: it takes the lease once a run and, for
 * each post, looks up the same (what is due and its surroundings, limits, credit, budget, connection with its sealed token,
 * a restored copy, the host), and writes the same rows in the same two durable transactions with the same guards: claim
 * with the attempt; answer with charge, timeline and record. Each statement is prepared once. It leaves out only what
 * posts in trouble need. It is what such a ledger costs at the least.
 */
export function openByHand(file: string) {
  const db = new Sqlite(file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  const owner = randomUUID()
  db.prepare(
    "insert into leases (name, owner, fence, until) values ('publisher', ?, 1, ?) on conflict do nothing",
  ).run(owner, Date.now() + LEASE)
  const { fence } = db.prepare('select fence from leases').get() as { fence: number }

  const isDue = `d.state = 'waiting' and (d.position = 0 or b.state not in ('waiting', 'held', 'sending')) and d.due_at <= @now
    and (d.not_before is null or d.not_before <= @now or d.due_at < @now - json_extract(a.policy, '$.lateAfterMinutes') * 60000)`
  const goesInsideWindow = (row: string) => `(${row}.week_id is not null
    and exists (select 1 from live_windows l join events e on e.id = l.event_id
      where l.week_id = ${row}.week_id and l.aside = 1 and l.starts_at <= @now and l.ends_at > @now)
    and exists (select 1 from drafts f where f.id = ${row}.draft_id and ${row}.position = 0 and ${row}.let_go_id is null
      and f.pressed_at is null and (f.wished_at is not null or (f.reply_to is null and ${row}.due_at > ${row}.queued_at))))`
  const next = db.prepare(`
    select d.id, d.version from deliveries d
    join accounts a on a.id = d.account_id
    left join deliveries b on b.decision_id = d.decision_id and b.position = d.position - 1
    where ${isDue} order by d.due_at, d.queued_at, d.position limit 10`)
  const due = db.prepare(`
    select d.*, a.version as account_version, a.policy, a.monthly_budget, a.brake_at, w.state as week_state, h.ended_at, h.id is not null and h.accepted_at is null as unaccepted, h.opening, ${goesInsideWindow('d')} as aside,
      (exists (select 1 from attempts t where t.delivery_id = d.id and (t.outcome is null or t.outcome = 'unknown'))
        or exists (select 1 from deliveries k join attempts t on t.delivery_id = k.id where k.account_id = d.account_id
          and k.likeness = d.likeness and k.id <> d.id and +k.network_id is null and t.watch_at is not null)) as in_doubt,
      exists (select 1 from network_pauses where account_id = d.account_id and call = 'send') as paused,
      exists (select 1 from restores where account_id = d.account_id) as restored, c.*, b.id as before_id,
      b.state as before_state, b.network_id as before_network_id, b.posted_at as before_posted_at
    from deliveries d
    join accounts a on a.id = d.account_id
    join drafts f on f.id = d.draft_id
    left join week_hosts h on h.id = f.week_host_id
    left join weeks w on w.id = d.week_id
    left join connections c on c.account_id = d.account_id
    left join deliveries b on b.decision_id = d.decision_id and b.position = d.position - 1
    where d.id = @id and ${isDue}`)
  const extend = db.prepare(
    "update leases set until = ? where name = 'publisher' and owner = ? and fence = ? returning name",
  )
  const claim = db.prepare(`
    update deliveries set state = 'sending', network_user_id = @user, trouble = null, not_before = null, version = @version + 1
    where id = @id and version = @version and state = 'waiting' and due_at <= @now
      and not ${goesInsideWindow('deliveries')}
      and (not_before is null or not_before <= @now) and (network_user_id is null or network_user_id = @user)
      and (position = 0 or exists (select 1 from deliveries b where b.id = '' and b.state = 'posted'))
      and (due_at >= @inTime or exists (select 1 from deliveries b where b.id = '' and b.posted_at >= @inTime))
      and exists (select 1 from accounts where id = deliveries.account_id and version = @accountVersion and brake_at is null)
      and exists (select 1 from connections where account_id = deliveries.account_id and state = 'connected' and network_user_id = @user)
      and (week_id is null or exists (select 1 from weeks where id = deliveries.week_id and state <> 'cancelled'))
      and exists (select 1 from drafts f left join week_hosts h on h.id = f.week_host_id where f.id = deliveries.draft_id and h.ended_at is null
        and (h.id is null or h.accepted_at is not null or (deliveries.let_go_id is not null and not deliveries.keeps_approval))
        and (h.opening is null or h.opening <> 'waits' or (deliveries.let_go_id is not null and not deliveries.keeps_approval)))
      and exists (select 1 from leases where name = 'publisher' and owner = @owner and fence = @fence and until > @deadline)`)
  const attempt = db.prepare(`
    insert into attempts (id, delivery_id, fence, sent, newest_known_id, at, deadline_at) values (?, ?, ?, ?, (select newest_id from timelines where account_id = ?), ?, ?)`)
  const answeredOf = db.prepare(`
    select t.id as attempt_id, t.delivery_id, t.outcome, d.*, a.time_zone, a.prices,
      exists (select 1 from network_pauses where account_id = d.account_id and call = 'send' and reason = 'credit') as without_credit,
      exists (select 1 from second_posts s where s.account_id = d.account_id and s.network_id = ? and s.delivery_id <> d.id) as anothers
    from attempts t join deliveries d on d.id = t.delivery_id join accounts a on a.id = d.account_id where t.id = ?`)
  const answered = db.prepare(
    "update attempts set outcome = 'posted', network_id = ?, answered_at = ?, next_look_at = null where id = ?",
  )
  const posted = db.prepare(`
    update deliveries set state = 'posted', network_id = ?, posted_at = ?, held_reason = null, trouble = null,
      not_before = null, version = version + 1
    where id = ? and network_id is null returning version`)
  const host = db.prepare(`
    select h.id, p.id as person_id from deliveries d
    join drafts f on f.id = d.draft_id join week_hosts h on h.id = f.week_host_id join people p on p.id = h.person_id
    where d.id = ? and h.ended_at is null`)
  const charge = db.prepare(`
    insert into charges (account_id, day, kind, week_id, units, cost) values (?, ?, 'post', '', 1, 15000)
    on conflict (account_id, day, kind, week_id) do update set units = units + excluded.units, cost = cost + excluded.cost`)
  const know = db.prepare(`
    insert into timelines (account_id, newest_id, read_at) values (?, ?, ?)
    on conflict (account_id) do update set newest_id = case when newest_id is null
      or cast(excluded.newest_id as integer) > cast(newest_id as integer) then excluded.newest_id else newest_id end, read_at = excluded.read_at`)
  const record = db.prepare(`
    insert into activity (account_id, kind, person_id, week_id, draft_id, delivery_id, details, at, salt, hash)
    values (?, 'delivery.posted', null, ?, ?, ?, ?, ?, ?, ?)`)
  const newestHash = db.prepare('select hash from activity order by id desc limit 1').pluck()
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

  let until = 0
  const kept = db.transaction(() => extend.get((until = Date.now() + LEASE), owner, fence))
  const claimed = db.transaction((row: Row) => {
    const now = Date.now()
    const deadline = now + DEADLINE
    if (until <= now + LEASE * EXTENDED_BELOW) {
      if (!extend.get((until = now + LEASE), owner, fence)) throw new Error('The lease is lost.')
    }
    const { id, version, account_version: accountVersion, payload } = row
    const inTime = now - (JSON.parse(row.policy) as { lateAfterMinutes: number }).lateAfterMinutes * 60_000
    const user = '900'
    const guard = { id, version, accountVersion, user, inTime, now, owner, fence, deadline }
    if (claim.run(guard).changes !== 1) return null
    const { text, replyTo } = JSON.parse(payload) as { text: string; replyTo: string | null }
    const sent = { text, mediaIds: [], replyTo }
    const given = [randomUUID(), id, fence, JSON.stringify(sent), row.account_id, now, deadline]
    attempt.run(...given)
    return { id: given[0] as string, sent }
  })
  const recorded = db.transaction((attemptId: string, networkId: string) => {
    const now = Date.now()
    const row = answeredOf.get(networkId, attemptId) as Row & {
      delivery_id: string
      without_credit: number
      anothers: number
    }
    charge.run(row.account_id, new Date(now).toISOString().slice(0, 10))
    if (row.without_credit) throw new Error('This account has credit.')
    if (row.anothers) throw new Error('This is no second post.')
    answered.run(networkId, now, attemptId)
    posted.get(networkId, now, row.delivery_id)
    know.run(row.account_id, networkId, now)
    host.get(row.delivery_id)
    const { account_id: account, week_id: week, draft_id: draft, delivery_id: delivery } = row
    const salt = randomUUID()
    const details = JSON.stringify({ networkId })
    const digest = sha256(`${salt} ${details}`)
    const before = newestHash.get() ?? ''
    const hash = sha256(
      JSON.stringify([before, account, 'delivery.posted', null, week, draft, delivery, now, digest]),
    )
    record.run(account, week, draft, delivery, details, now, salt, hash)
  })

  return {
    async publish(send: (post: PostToSend) => Promise<{ networkId: string }>): Promise<void> {
      kept.immediate()
      for (;;) {
        const found = next.all({ now: Date.now() }) as Pick<Row, 'id'>[]
        if (found.length === 0) return
        for (const { id } of found) {
          const row = due.get({ id, now: Date.now() }) as Row
          if (row.paused || row.restored) throw new Error('Nothing keeps this account back.')
          if (row.monthly_budget !== null) throw new Error('This account has no budget.')
          testVault.open(row.access_token, row.account_id)
          const open = claimed.immediate(row)
          if (!open) throw new Error('Somebody was faster.')
          const { networkId } = await send(open.sent)
          recorded.immediate(open.id, networkId)
        }
      }
    },
    close: () => db.close(),
  }
}

/** Milliseconds, as the publisher's. */
const LEASE = 60_000
const DEADLINE = 25_000
const EXTENDED_BELOW = 0.75

interface Row {
  id: string
  version: number
  account_id: string
  account_version: number
  week_id: string | null
  draft_id: string
  policy: string
  monthly_budget: number | null
  access_token: string
  paused: number
  restored: number
  payload: string
}
