/** What the stand-in knows the app as. */
export const CLIENT = { clientId: 'crash', clientSecret: 'a secret of the crash run' }

/** The app's waiting, shortened so that hundreds of ends fit into minutes. */
export const TIMES = {
  sendDeadlineMs: 250,
  answerGraceMs: 50,
  leaseMs: 600,
  looksAfterSeconds: [0.1, 0.3, 0.6, 1],
  watchesAfterSeconds: [1.5, 3],
  retryMs: 100,
  uploadReserveMs: 1000,
}

/** How often it is kept how far the record is: a second as well, at the same pace. */
export const RECORD_END_MS = 20

/** Where nothing goes wrong any more nothing is given up either, however slow the machine is: otherwise it is so for ever. */
export const PATIENT_TIMES = { ...TIMES, sendDeadlineMs: 20_000, leaseMs: 60_000 }
