import { writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import t from 'tap'
import { localAddress, readConfig, WrongSetting } from '../src/config.ts'

t.test('nothing set: the defaults', async (t) => {
  t.same(readConfig({}), {
    host: '127.0.0.1',
    port: 3000,
    dataDir: resolve('data'),
    publicUrl: null,
    trustProxy: false,
    httpsProxy: undefined,
    smtpUrl: undefined,
    mailFrom: 'My Working Week <week@localhost>',
    sessionSecret: undefined,
    encryptionKey: undefined,
    x: undefined,
    siteDir: null,
    siteUrl: null,
    sandboxPort: 0,
    looksAfterSeconds: [5, 15, 60, 180],
    logLevel: 'warn',
  })
  t.same(readConfig({ PORT: '', PUBLIC_URL: '  ', LOG_LEVEL: '' }), readConfig({}), 'empty means not set')
})

t.test('settings arrive as what they are', async (t) => {
  const key = '0123456789abcdef'.repeat(4)
  const cases: [env: Record<string, string>, expected: object][] = [
    [{ PORT: ' 8080 ' }, { port: 8080 }],
    [{ PORT: '0' }, { port: 0 }],
    [{ DATA_DIR: '/srv/week' }, { dataDir: '/srv/week' }],
    [{ DATA_DIR: './here' }, { dataDir: resolve('here') }],
    [{ PUBLIC_URL: 'https://week.example.org/' }, { publicUrl: 'https://week.example.org' }],
    [{ PUBLIC_URL: 'http://127.0.0.1:4000' }, { publicUrl: 'http://127.0.0.1:4000' }],
    [{ TRUST_PROXY: 'true' }, { trustProxy: true }],
    [{ TRUST_PROXY: 'false' }, { trustProxy: false }],
    [{ TRUST_PROXY: '10.0.0.0/8, fd00::1' }, { trustProxy: '10.0.0.0/8, fd00::1' }],
    [{ SITE_DIR: '/srv/site' }, { siteDir: '/srv/site' }],
    [{ SITE_DIR: '/srv/data-of-old', DATA_DIR: '/srv/data' }, { siteDir: '/srv/data-of-old' }],
    [{ SITE_URL: 'https://example.org/weeks/' }, { siteUrl: 'https://example.org/weeks' }],
    [{ HTTPS_PROXY: 'http://proxy.example.org:3128' }, { httpsProxy: 'http://proxy.example.org:3128' }],
    [{ SMTP_URL: 'smtp://127.0.0.1:1025' }, { smtpUrl: 'smtp://127.0.0.1:1025' }],
    [{ ENCRYPTION_KEY: key.toUpperCase() }, { encryptionKey: Buffer.from(key, 'hex') }],
    [{ X_CLIENT_ID: 'abc', X_CLIENT_SECRET: 'def' }, { x: { clientId: 'abc', clientSecret: 'def' } }],
    [{ LOOKS_AFTER: '10, 30,600' }, { looksAfterSeconds: [10, 30, 600] }],
    [{ LOOKS_AFTER: '1' }, { looksAfterSeconds: [1] }],
    [{ LOG_LEVEL: 'debug' }, { logLevel: 'debug' }],
  ]
  for (const [env, expected] of cases) t.match(readConfig(env), expected, JSON.stringify(env))
})

t.test('a wrong setting is told in one line: its name, what is wrong, an example', async (t) => {
  const wrong: [name: string, value: string, says: RegExp][] = [
    ['PORT', 'http', /port from 0 to 65535/],
    ['PORT', '-1', /port from 0 to 65535/],
    ['PORT', '65536', /port from 0 to 65535/],
    ['PORT', '30.5', /port from 0 to 65535/],
    ['PUBLIC_URL', 'week.example.org', /without a path/],
    ['PUBLIC_URL', 'ftp://week.example.org', /without a path/],
    ['PUBLIC_URL', 'https://example.org/week', /without a path/],
    ['PUBLIC_URL', 'https://example.org/?a=1', /without a path/],
    ['PUBLIC_URL', 'https://user@example.org', /without a path/],
    ['TRUST_PROXY', 'beef', /addresses of your proxies/],
    ['TRUST_PROXY', '10.0.0.1/', /addresses of your proxies/],
    ['TRUST_PROXY', 'yes please', /addresses of your proxies/],
    ['HTTPS_PROXY', 'proxy.example.org:3128', /address of your proxy/],
    ['SMTP_URL', 'mail.example.org', /address of your mail server/],
    ['SMTP_URL', 'https://mail.example.org', /address of your mail server/],
    ['MAIL_FROM', 'My Working Week', /mail address/],
    ['SESSION_SECRET', 'short', /32 characters/],
    ['ENCRYPTION_KEY', 'f'.repeat(63), /64 hexadecimal digits/],
    ['ENCRYPTION_KEY', 'g'.repeat(64), /64 hexadecimal digits/],
    ['SITE_DIR', 'data/site', /outside of DATA_DIR/],
    ['SITE_DIR', './data', /outside of DATA_DIR/],
    ['SITE_URL', 'weeks.example.org', /address of the folder/],
    ['SITE_URL', 'https://example.org/?page=1', /address of the folder/],
    ['SITE_URL', 'https://user@example.org', /address of the folder/],
    ['SANDBOX_PORT', 'any', /port from 0 to 65535/],
    ['LOOKS_AFTER', 'soon', /rising numbers of seconds/],
    ['LOOKS_AFTER', '0,5', /rising numbers of seconds/],
    ['LOOKS_AFTER', '5,15,15', /rising numbers of seconds/],
    ['LOOKS_AFTER', '60,5', /rising numbers of seconds/],
    ['LOOKS_AFTER', '5,,15', /rising numbers of seconds/],
    ['LOOKS_AFTER', '2.5', /rising numbers of seconds/],
    ['LOOKS_AFTER', '5,86401', /none above 86400/],
    ['LOG_LEVEL', 'loud', /one of fatal, error, warn/],
    ['X_CLIENT_ID', 'abc', /X_CLIENT_SECRET is missing beside X_CLIENT_ID/],
    ['X_CLIENT_SECRET', 'def', /X_CLIENT_ID is missing beside X_CLIENT_SECRET/],
  ]
  for (const [name, value, says] of wrong) {
    let message = ''
    try {
      readConfig({ [name]: value })
    } catch (error) {
      t.type(error, WrongSetting)
      message = (error as Error).message
    }
    t.match(message, says, `${name}=${value}`)
    t.match(message, /^[A-Z_]+ [^\n]+\. Example: [A-Z_]+=[^\n]+$/, 'one line with an example')
    t.notMatch(message, /SECRET=(?!def|\()|KEY=(?!\()/, 'a secret is never repeated')
  }
})

t.test('an address of six parts stands in brackets', async (t) => {
  t.equal(localAddress(readConfig({ HOST: '::1', PORT: '3001' })), 'http://[::1]:3001')
  t.equal(localAddress(readConfig({ HOST: 'localhost' })), 'http://localhost:3000')
})

t.test('.env gives what the environment does not have', async (t) => {
  const folder = t.testdir()
  writeFileSync(join(folder, '.env'), 'PORT=4001\nHOST=127.0.0.2\nMAIL_FROM=Week <week@example.org>\n')
  const script = `
    const { readConfig } = await import(${JSON.stringify(resolve('src/config.ts'))})
    const { port, host, mailFrom } = readConfig()
    console.log(JSON.stringify({ port, host, mailFrom }))`
  const read = execFileSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', script],
    { cwd: folder, env: { PATH: process.env['PATH'], PORT: '4002' }, encoding: 'utf8' },
  )
  t.same(JSON.parse(read), { port: 4002, host: '127.0.0.2', mailFrom: 'Week <week@example.org>' })
})
