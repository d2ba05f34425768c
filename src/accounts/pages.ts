import type { RecordedActivity } from '../activity/activities.ts'
import type { Account, Connection } from './accounts.ts'
import { identity, shape } from './settings/identity-and-shape.ts'
import { budget, prices } from './settings/money.ts'
import { planning } from './settings/planning.ts'
import { checks, live, plan, policy } from './settings/policy.ts'
import { brakeModel, changedBy, connectionModel, pauseModel } from './settings/standing.ts'
import { type RefusedSection, valuesOf } from './settings/values.ts'
import { asking, briefing, reflection, templates, texts } from './settings/words.ts'
import { takePartOf } from './texts.ts'

/** Everything that holds for an account: forms for its leads, facts for its approvers. */
export function settingsPage({
  account,
  connection,
  changes,
  nameOf,
  canChange,
  refused,
  now,
}: {
  account: Account
  connection: Connection | undefined
  changes: RecordedActivity[]
  nameOf: (personId: string | null) => string | null
  canChange: boolean
  refused?: RefusedSection | undefined
  now: Date
}) {
  const moment = { now, zone: account.timeZone }
  const forms = {
    identity: identity(valuesOf(account, 'identity', refused)),
    shape: shape(valuesOf(account, 'shape', refused)),
    policy: policy(valuesOf(account, 'policy', refused)),
    checks: checks(valuesOf(account, 'checks', refused)),
    live: live(valuesOf(account, 'live', refused)),
    plan: plan(valuesOf(account, 'plan', refused), account.shape.days),
    asking: asking(valuesOf(account, 'asking', refused)),
    budget: budget(valuesOf(account, 'budget', refused)),
    prices: prices(valuesOf(account, 'prices', refused)),
    texts: texts(
      valuesOf({ ...account, texts: { ...account.texts, takePart: takePartOf(account) } }, 'texts', refused),
    ),
    templates: templates(valuesOf(account, 'templates', refused)),
    reflection: reflection(valuesOf(account, 'reflection', refused)),
    briefing: briefing(valuesOf(account, 'briefing', refused)),
    planning: planning(valuesOf(account, 'planning', refused)),
  }
  return {
    id: account.id,
    version: account.version,
    handle: `@${account.handle}`,
    canChange,
    connection: connectionModel(account, connection, { ...moment, nameOf }),
    brake: brakeModel(account, { ...moment, nameOf }),
    signingIn: {
      id: 'passkeyForLeads',
      name: 'passkeyForLeads',
      label: 'Leads sign in with a passkey',
      hint: 'A link by mail alone then lets them pull the brake, and nothing else.',
      checked: account.passkeyForLeads,
      error: refused?.section === 'signing-in' ? refused.fields['passkeyForLeads'] : undefined,
    },
    pause: pauseModel(account, { ...moment, nameOf }),
    ...forms,
    changed: changedBy(changes, { ...moment, nameOf }),
  }
}
