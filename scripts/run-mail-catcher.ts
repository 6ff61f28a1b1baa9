import { startMailCatcher } from './support/mail-catcher.ts'

/** The mail catcher as a process: `MAIL_FOLDER`, `MAIL_SMTP_PORT` and `MAIL_HTTP_PORT`, until a signal. */
const { MAIL_FOLDER, MAIL_SMTP_PORT, MAIL_HTTP_PORT } = process.env
if (!MAIL_FOLDER || !MAIL_SMTP_PORT || !MAIL_HTTP_PORT) {
  console.error('mail: MAIL_FOLDER, MAIL_SMTP_PORT and MAIL_HTTP_PORT are required')
  process.exit(78)
}

const catcher = await startMailCatcher({
  folder: MAIL_FOLDER,
  smtpPort: Number(MAIL_SMTP_PORT),
  httpPort: Number(MAIL_HTTP_PORT),
})
console.log(
  `mail: ${catcher.smtpUrl} keeps messages in ${MAIL_FOLDER}; read them at ${catcher.apiUrl}/api/v1/messages`,
)
process.send?.('ready')

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => void catcher.stop().then(() => process.exit(0)))
}
