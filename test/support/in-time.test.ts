import t from 'tap'
import { inTime, until } from './in-time.ts'

const never = new Promise<never>(() => {})
const SOON = 30

t.test('what does not come is said, and waited for no longer', async (t) => {
  t.equal(await inTime('a word', Promise.resolve('here'), SOON), 'here')
  await t.rejects(inTime('a word', Promise.reject(new Error('gone')), SOON), /^gone$/)
  const said = /^Waited 0\.03 s for this, and it did not come: a word$/
  await t.rejects(inTime('a word', never, SOON), { message: said })
  const half = { pass: () => t.fail('it never held') }
  await t.rejects(
    until(half, 'a word', () => never, SOON),
    { message: said },
  )
  await t.rejects(
    until(half, 'a word', async () => false, SOON),
    { message: said },
  )
})

t.test('what comes is looked for until it is there', async (t) => {
  let looks = 0
  const passed: string[] = []
  await until({ pass: (what) => passed.push(what) }, 'the third look', async () => (looks += 1) === 3)
  t.equal(looks, 3)
  t.same(passed, ['the third look'])
})
