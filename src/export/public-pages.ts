/** What the public pages answer to an address, without anybody listening. */
export interface Answer {
  status: number
  /** Without its parameters: "text/html". */
  type: string
  etag: string | null
  body: Buffer
}

/** The public pages of one account, in the form in which they are kept in a folder. */
export interface PublicPages {
  /** `known`: the tag of what the caller has already; with that the answer is 304, without a body. */
  get(address: string, known?: string): Promise<Answer>
  close(): Promise<void>
}

/** Where an account's pages stand, and where they will. */
export interface SitePlace {
  handle: string
  /** Of the folder, without a slash at its end: what the pages, feeds and calendars name as their address. */
  siteUrl: string
  /** Of the app that runs, without a slash at its end: where the form for removal is. */
  serverUrl: string
}

/** Whether the folder has an address of its own. Without one the pages of the app are meant, and these are a copy of them. */
export function isElsewhere({ siteUrl, serverUrl }: Pick<SitePlace, 'siteUrl' | 'serverUrl'>): boolean {
  return siteUrl !== serverUrl
}
