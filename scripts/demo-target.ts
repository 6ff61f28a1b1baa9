import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { logLevels } from '#shared/runtime/log.ts'
import { run } from '#shared/runtime/run.ts'
import { readSettings } from '#shared/runtime/settings.ts'
import { DemoServer } from './demo-target/demo-server.ts'

/** The pages that the sample sites watch: `scripts/load-data/samples.yaml`. Started with the stack; never needed in production. */

function readDemoTargetSettings() {
  const own = ['DEMO_TARGET_PORT', 'DEMO_TARGET_HOST']
  return readSettings(process.env, [...knownSettingNames, ...own], (read) => ({
    host: read.text('DEMO_TARGET_HOST', { default: '127.0.0.1' }),
    port: read.integer('DEMO_TARGET_PORT', { min: 1, max: 65_535, default: 8099 }),
    logLevel: read.oneOf('LOG_LEVEL', logLevels, { default: 'info' }),
  }))
}

await run('demo-target', readDemoTargetSettings, async ({ settings, log }) => {
  const { host, port } = settings
  log.info({ url: `http://${host}:${port}/` }, 'pages to watch')
  return [new DemoServer({ host, port, nowMs: Date.now })]
})
