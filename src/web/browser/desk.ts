import { focusErrorSummary } from './error-summary.ts'
import { workPanel } from './panel.ts'

workPanel(document)
focusErrorSummary(document)
