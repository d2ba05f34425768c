import t from 'tap'
import { sandboxMails } from '../../src/db/schema/index.ts'
import { testSandbox } from '../support/sandbox.ts'

t.test('once a day, by itself, old mails of a sandbox are deleted', async (t) => {
  const { deps, work, sandbox } = await testSandbox(t, '2026-11-18T10:42:00Z')
  const { db } = deps
  const mail = (id: string, at: string) => ({
    id,
    to: 'helen@north.example',
    subject: id,
    text: id,
    at: new Date(at),
  })
  await db.write(async (tx) => {
    await tx
      .insert(sandboxMails)
      .values([mail('old', '2026-08-19T10:00:00Z'), mail('young', '2026-08-21T10:00:00Z')])
  })
  const subjects = async () => (await db.read.select().from(sandboxMails)).map(({ subject }) => subject)
  work.wake('sweeping')
  await work.untilQuiet()
  t.same(await subjects(), ['young'])
  await sandbox!.travelTo(new Date('2026-11-25T10:42:00Z'))
  work.wake('sweeping')
  await work.untilQuiet()
  t.same(await subjects(), [], 'in product time')
})
