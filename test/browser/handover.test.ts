import t from 'tap'
import { browser, comeIn, look, send, server, visit } from '../support/looks.ts'

t.test('a hand-over without a script: signed, briefed, its mails read and worded', async (t) => {
  const plain = async (name: RegExp) => {
    const page = await browser.newPage(t, server.origin, { javaScript: false })
    await page.goto('/sandbox')
    await send(page, name)
    return page
  }
  const tom = await plain(/^Tom Garside/)
  await send(tom, 'Accept the week')
  t.match(await tom.innerText('main'), /Before your week opens[^]*We have spoken/)
  await tom.getByRole('link', { name: 'Read and sign the house rules' }).click()
  await send(tom, 'Sign the house rules')
  t.match(await tom.getByRole('alert').innerText(), 'Your name is missing')
  await tom.getByLabel('Your name').fill('Tom Garside')
  await send(tom, 'Sign the house rules')
  t.match(await tom.locator('.flash').innerText(), 'Signed. Thank you.')

  const helen = await plain(/^Helen Marsh/)
  await helen.goto('/rota')
  await helen
    .getByRole('link', { name: /Tom Garside/ })
    .first()
    .click()
  const week = new URL(helen.url()).pathname
  t.match(await helen.innerText('main'), /Signed by Tom Garside/)
  await send(helen, /^Done: We have spoken/)
  t.match(await helen.innerText('#ready'), /We have spoken[^]*Helen Marsh, /)
  await helen.getByText('Let it open all the same').click()
  await helen.getByLabel('Why, for the record').fill('We meet on the day.')
  await send(helen, 'Let the week open')
  t.match(await helen.innerText('#ready'), /Opens all the same[^]*Helen Marsh said today/)

  await helen.getByRole('link', { name: 'read, hold or send it' }).first().click()
  await send(helen, 'Hold it')
  t.match(await helen.locator('.flash').innerText(), 'Held.')
  t.match(await helen.innerText('main'), /Held/)
  t.equal(new URL(helen.url()).pathname, week)
})

t.test('how it looks on the way', async (t) => {
  const lead = await comeIn(t, /^Helen Marsh/)
  await lead.goto('/rota')
  await lead.getByRole('link', { name: /^book/ }).first().click()
  await lead.getByLabel('Host’s name').fill('Rosa Lindqvist')
  await lead.getByLabel('E-mail').fill('rosa@northdale.example')
  await send(lead, 'Book and invite')
  const week = new URL(lead.url()).pathname
  await lead.getByText('Let it open all the same').click()
  await look(t, lead, 'nothing is ready')
  await visit(t, lead, `${week}/agreement`)

  const account = await lead.getByRole('link', { name: 'Account' }).first().getAttribute('href')
  await visit(t, lead, `${account}/mails`)
  await lead.goto(`${account}/mails/week-eve`)
  await lead.getByLabel('Text').fill('Hello {nmae}')
  await send(lead, 'Save the words')
  t.match(await lead.getByRole('alert').innerText(), '{nmae} is no variable of this mail.')
  await look(t, lead, 'an unknown variable')
  await lead.getByLabel('Text').fill('Hello {name}')
  await send(lead, 'Preview')
  await look(t, lead, 'a preview')

  const joseph = await comeIn(t, /^Joseph Adeyemi/)
  await visit(t, joseph, '/weeks/demo-week-0/agreement')
  await lead.goto('/weeks/demo-week--1/certificate')
  await look(t, lead, 'a certificate')
})
