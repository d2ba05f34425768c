import { workCopying } from './copying.ts'
import { workCountdowns } from './countdown.ts'
import { focusErrorSummary } from './error-summary.ts'
import { workHeldPosts } from './held-posts.ts'
import { tidyLive } from './live-tidy.ts'
import { workMerging } from './merging.ts'
import { workPanel } from './panel.ts'
import { workPlan } from './plan.ts'
import { workQueue } from './queue.ts'
import { refreshQuietly } from './refresh.ts'
import { workRota } from './rota.ts'
import { workSignOut } from './sign-out.ts'
import { keepUnsentWords } from './unsent-words.ts'

workPanel(document)
focusErrorSummary(document)
keepUnsentWords(document)
workQueue(document)
workPlan(document)
workRota(document)
workCopying(document)
workMerging(document)
workCountdowns(document)
workHeldPosts(document)
refreshQuietly(document)

if (document.querySelector('[data-editor], [data-settled]'))
  void import('./editor.ts').then(({ workDraft }) => workDraft(document))
if (document.querySelector('form[data-autosave]'))
  void import('./reflection.ts').then(({ workReflection }) => workReflection(document))
if (document.querySelector('[data-story]'))
  void import('./story.ts').then(({ workStory }) => workStory(document))
tidyLive()
workSignOut(document)
if (document.querySelector('[data-piece-form]'))
  void import('./piece-shelf.ts').then(({ keepPiece }) => keepPiece(document))
if (document.querySelector('[data-live]')) void import('./live.ts').then(({ workLive }) => workLive(document))
if (document.querySelector('[data-passkey]'))
  void import('./passkeys.ts').then(({ workPasskeys }) => workPasskeys(document))
if (document.querySelector('[data-sample]'))
  void import('./sample.ts').then(({ workSample }) => workSample(document))
