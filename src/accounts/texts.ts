import type { Texts } from './account.ts'

/** What an account says until its leads say it better. Markdown. */
export function defaultTexts({ name, handle }: { name: string; handle: string }): Texts {
  return {
    houseRules: `- Keep it about your work, and what you would say to a room of colleagues.
- Nothing that could identify a patient, or anybody who has not agreed to be in it.
- Describe every picture for people who can’t see it.
- Be kind. Leave an argument, and tell us: we have it from there.
- You never have the password. What you write is read by one of us before it goes out.`,
    accessibility: `We want everybody to be able to read these pages. They are built to the Web Content Accessibility Guidelines 2.2, level AA: they work with a keyboard, with a screen reader, enlarged, without a script, in print, and in light and dark.

Pictures have descriptions written by the person who posted them. Where one is missing or poor, or anything else is in your way, please tell us, and we mend it.`,
    privacy: `These pages set no cookie, load nothing from other sites, and count nobody.

They show what ${name} posted as @${handle}, and those replies which a host or the team chose for the page, with the writer’s name as it stands on the network. When a post is deleted there, it goes from here too. If you want your words taken off this page, write to us: it is done within a day, without questions.

When something that was written to @${handle} worries us, we keep a copy for those who look after it. It is deleted 180 days after that is over.

Hosts’ names, jobs and portraits are shown with their agreement.`,
    contact: '',
    takePart: `You work at ${name}, in any job, and you can tell a story in two sentences. We help with the rest: somebody reads each draft, and nothing goes out that nobody has read.`,
  }
}
