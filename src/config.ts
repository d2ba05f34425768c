import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve, sep } from 'node:path'
import { z } from 'zod'
import { PUBLISHER_TIMES } from './publishing/settings.ts'

/** Every setting, checked. The only reader of the environment is `readConfig`. */
export interface Config {
  host: string
  port: number
  dataDir: string
  /** Without a slash at its end. Null in a sandbox until the port is known. */
  publicUrl: string | null
  trustProxy: boolean | string
  httpsProxy: string | undefined
  smtpUrl: string | undefined
  mailFrom: string
  sessionSecret: string | undefined
  encryptionKey: Buffer | undefined
  x: { clientId: string; clientSecret: string } | undefined
  /** A folder in which each account's public site is kept as plain files; null for none. */
  siteDir: string | null
  /** Where that folder is to be found by everybody, without a slash at its end; null where it is `publicUrl`. */
  siteUrl: string | null
  /** Port of the stand-in for X in a sandbox; 0 takes any free one. */
  sandboxPort: number
  /** When the account is read for a post that X gave no clear answer to: seconds from then, rising. */
  looksAfterSeconds: number[]
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
}

export class WrongSetting extends Error {
  constructor(name: string, wrong: string, example: string) {
    super(`${name} ${wrong}. Example: ${name}=${example}`)
  }
}

interface Setting {
  schema: z.ZodType
  wrong: string
  example: string
}

const port = z.coerce.number().int().min(0).max(65535)

/** Each setting by its name in the environment; what is wrong with another value, and one that is right. */
export const settings = {
  HOST: {
    schema: z.string().min(1).default('127.0.0.1'),
    wrong: 'must be an address to listen on',
    example: '127.0.0.1',
  },
  PORT: { schema: port.default(3000), wrong: 'must be a port from 0 to 65535', example: '3000' },
  DATA_DIR: { schema: z.string().min(1).default('data'), wrong: 'must be a folder', example: './data' },
  PUBLIC_URL: {
    schema: z
      .url({ protocol: /^https?$/ })
      .refine((url) => URL.canParse(url) && new URL(url).href === `${new URL(url).origin}/`)
      .transform((url) => url.replace(/\/$/, ''))
      .optional(),
    wrong: 'must be the address people use, without a path',
    example: 'https://week.example.org',
  },
  TRUST_PROXY: {
    schema: z
      .string()
      .refine((value) => value === 'true' || value === 'false' || value.split(',').every(isAddress))
      .transform((value) => (value === 'true' ? true : value === 'false' ? false : value))
      .default(false),
    wrong: 'must be true, false, or the addresses of your proxies',
    example: '10.0.0.1',
  },
  HTTPS_PROXY: {
    schema: z.url({ protocol: /^https?$/ }).optional(),
    wrong: 'must be the address of your proxy for everything outgoing',
    example: 'http://proxy.example.org:3128',
  },
  SMTP_URL: {
    schema: z.url({ protocol: /^smtps?$/ }).optional(),
    wrong: 'must be the address of your mail server',
    example: 'smtps://user:password@mail.example.org',
  },
  MAIL_FROM: {
    schema: z.string().includes('@').default('My Working Week <week@localhost>'),
    wrong: 'must be a mail address',
    example: '"My Working Week <week@example.org>"',
  },
  SESSION_SECRET: {
    schema: z.string().min(32).optional(),
    wrong: 'must have 32 characters or more',
    example: '(what `openssl rand -hex 32` prints)',
  },
  ENCRYPTION_KEY: {
    schema: z
      .string()
      .regex(/^[0-9a-f]{64}$/i)
      .transform((hex) => Buffer.from(hex, 'hex'))
      .optional(),
    wrong: 'must be 64 hexadecimal digits',
    example: '(what `openssl rand -hex 32` prints)',
  },
  X_CLIENT_ID: {
    schema: z.string().min(1).optional(),
    wrong: "must be the app's id at X",
    example: 'abc123',
  },
  X_CLIENT_SECRET: {
    schema: z.string().min(1).optional(),
    wrong: "must be the app's secret at X",
    example: 'def456',
  },
  SITE_DIR: {
    schema: z.string().min(1).optional(),
    wrong: 'must be a folder outside of DATA_DIR',
    example: '/srv/week-site',
  },
  SITE_URL: {
    schema: z
      .url({ protocol: /^https?$/ })
      .refine((url) => URL.canParse(url) && !/[?#\s"<>]/.test(url) && new URL(url).username === '')
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    wrong: 'must be the address of the folder SITE_DIR',
    example: 'https://weeks.example.org',
  },
  SANDBOX_PORT: { schema: port.default(0), wrong: 'must be a port from 0 to 65535', example: '3001' },
  LOOKS_AFTER: {
    schema: z
      .string()
      .transform((list) => list.split(',').map((one) => (/^\s*\d+\s*$/.test(one) ? Number(one) : NaN)))
      .refine((seconds) => seconds.length <= 20 && seconds.every(isLater))
      .default(PUBLISHER_TIMES.looksAfterSeconds),
    wrong: 'must be up to 20 rising numbers of seconds, none above 86400',
    example: PUBLISHER_TIMES.looksAfterSeconds.join(','),
  },
  LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('warn'),
    wrong: 'must be one of fatal, error, warn, info, debug, silent',
    example: 'info',
  },
} satisfies Record<string, Setting>

/**
 * Reads the settings from the environment, and from the file `.env` for those that the environment does not have.
 * @throws WrongSetting naming the first setting that is wrong, what is wrong, and an example.
 */
export function readConfig(env: NodeJS.ProcessEnv = loadEnvironment()): Config {
  const read = <K extends keyof typeof settings>(name: K): z.output<(typeof settings)[K]['schema']> => {
    const value = env[name]?.trim()
    const { schema, wrong, example } = settings[name]
    const result = schema.safeParse(value === '' ? undefined : value)
    if (!result.success) throw new WrongSetting(name, wrong, example)
    return result.data as z.output<(typeof settings)[K]['schema']>
  }
  const clientId = read('X_CLIENT_ID')
  const clientSecret = read('X_CLIENT_SECRET')
  if (clientId && !clientSecret)
    throw new WrongSetting('X_CLIENT_SECRET', 'is missing beside X_CLIENT_ID', 'def456')
  if (clientSecret && !clientId)
    throw new WrongSetting('X_CLIENT_ID', 'is missing beside X_CLIENT_SECRET', 'abc123')
  const dataDir = resolve(read('DATA_DIR'))
  const siteDir = read('SITE_DIR')
  if (siteDir && isWithin(resolve(siteDir), dataDir))
    throw new WrongSetting('SITE_DIR', settings.SITE_DIR.wrong, settings.SITE_DIR.example)
  return {
    host: read('HOST'),
    port: read('PORT'),
    dataDir,
    publicUrl: read('PUBLIC_URL') ?? null,
    trustProxy: read('TRUST_PROXY'),
    httpsProxy: read('HTTPS_PROXY'),
    smtpUrl: read('SMTP_URL'),
    mailFrom: read('MAIL_FROM'),
    sessionSecret: read('SESSION_SECRET'),
    encryptionKey: read('ENCRYPTION_KEY'),
    x: clientId && clientSecret ? { clientId, clientSecret } : undefined,
    siteDir: siteDir ? resolve(siteDir) : null,
    siteUrl: read('SITE_URL') ?? null,
    sandboxPort: read('SANDBOX_PORT'),
    looksAfterSeconds: read('LOOKS_AFTER'),
    logLevel: read('LOG_LEVEL'),
  }
}

/** Where the installation answers when nothing else is said: `http://[::1]:3000`. */
export function localAddress({ host, port: at }: Pick<Config, 'host' | 'port'>): string {
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${at}`
}

/** What everybody may read never lies among what nobody may. */
export function isWithin(folder: string, other: string): boolean {
  return folder === other || folder.startsWith(`${other}${sep}`)
}

/** Later than the one before it in a list of seconds, and within a day. */
function isLater(seconds: number, at: number, all: number[]): boolean {
  return seconds > (all[at - 1] ?? 0) && seconds <= 86_400
}

/** An IP address, or a network such as 10.0.0.0/8. */
function isAddress(text: string): boolean {
  const [address = '', bits = '0', ...more] = text.trim().split('/')
  return isIP(address) > 0 && /^\d{1,3}$/.test(bits) && more.length === 0
}

function loadEnvironment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return process.env
}
