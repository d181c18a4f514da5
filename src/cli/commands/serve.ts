// `bulkhead serve`: the service itself. Every setting is a flag; config.ts judges them, service.ts builds from them.
// Leaves to whom: everything the service does. Here a person is told how it stands, and signals become an orderly end.
import { Command } from 'commander'
import { flagOf, settingRows } from '../../config/setting-rows.ts'
import type { Settings } from '../../config/settings.ts'
import { readSettings, unknownSettings } from '../../config.ts'
import { systemClock } from '../../kit/clock.ts'
import { openLog } from '../../kit/log.ts'
import { yieldPool } from '../../kit/pool-priority.ts'
import { startMemoryTrim } from '../../kit/trim-memory.ts'
import type { Service } from '../../service.ts'

/** The only command that starts something in this process. */
export function serveCommand(): Command {
  const command = new Command('serve').description('start the service').allowExcessArguments(false)
  const names = settingRows.map((row) => flagOf(row.name))
  for (const [index, row] of settingRows.entries()) {
    const option = `--${names[index]} <value>`
    // Those that are global options already are read from there.
    if (!globalNames.includes(names[index] ?? '')) command.option(option, `${row.meaning}${row.default ? ` Default: ${row.default}.` : ''}`)
  }
  command.addHelpText('after', '\n--data-dir and --region are settings too.\n\nExample:\n  bulkhead serve --http 127.0.0.1:8025 --data-dir ./data')
  return command.action(async (_own: object, self: Command) => {
    const given = self.optsWithGlobals<Record<string, string | undefined>>()
    const flags: Record<string, string> = {}
    for (const name of names) {
      const value = given[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())]
      if (value !== undefined) flags[name] = value
    }
    await serve(flags)
  })
}

/** Threads of the pool when nobody says how many (libuv's documentation). */
const libuvThreads = 4

const globalNames = ['data-dir', 'region', 'access-key-id', 'secret-access-key']

/**
 * Starts from flags, environment and file, prints what a person needs, and runs until SIGTERM or SIGINT.
 * Sets the exit code: 0 after a clean stop, 1 when it could not start, 78 when settings are missing or wrong (sysexits EX_CONFIG).
 */
async function serve(flags: Record<string, string>): Promise<void> {
  for (const line of unknownSettings(process.env)) process.stderr.write(`${line}\n`)
  const read = readSettings({ flags, environment: process.env })
  if ('problems' in read) {
    for (const problem of read.problems) process.stderr.write(`${problem}\n`)
    process.exitCode = 78
    return
  }
  const log = openLog(read.settings.logLevel)
  // Listened for before the doors are open: whoever sees us ready may end us.
  let service: Service | undefined
  let ending = false
  const stop = () => {
    ending = true
    if (!service) return
    log.info({}, 'draining')
    void service.close()
  }
  const signals = ['SIGTERM', 'SIGINT'] as const
  for (const signal of signals) process.on(signal, stop)
  try {
    // Not loaded for help, nor by any other command.
    const { startService } = await import('../../service.ts')
    service = await startService(read.settings, { log })
  } catch (fault) {
    for (const signal of signals) process.off(signal, stop)
    process.stderr.write(`Bulkhead cannot start: ${(fault as Error).message}\n`)
    log.info({ err: fault instanceof Error ? fault.stack : String(fault) }, 'start failed')
    process.exitCode = 1
    return
  }
  // Heap and threads are the process's, not the service's: a service inside another program leaves them alone.
  startMemoryTrim(systemClock)
  yieldPool(systemClock, Number(process.env.UV_THREADPOOL_SIZE ?? libuvThreads))
  process.stdout.write(banner(read.settings, service))
  if (ending) stop()
}

function banner(settings: Settings, service: Service): string {
  const { credentials, development, providerRecord } = service
  const shown = (rows: [string, string][]) => rows.map(([name, value]) => `  ${name.padEnd(16)}${value}\n`).join('')
  const sandbox = settings.sandbox
    ? 'The account starts in the sandbox (BULKHEAD_SANDBOX): it sends to verified recipients only, until `bulkhead account grant`.\n'
    : ''
  if (!development) {
    const unknownToClients = settings.tls ? '' : 'BULKHEAD_TLS_CERT is not set: SMTP uses a self-signed certificate, and the API is open without TLS.\n'
    return `${unknownToClients}Bulkhead is ready as ${settings.hostname}.\n${shown([
      ['API', `${service.http.host}:${service.http.port}${settings.tls ? ' (TLS)' : ''}`],
      ['SMTP', `${service.smtp.host}:${service.smtp.port} (STARTTLS), ${service.smtps.host}:${service.smtps.port} (TLS)`],
      ['feedback', service.feedback ? `${service.feedback.host}:${service.feedback.port}` : 'off'],
      ['publish', `${providerRecord.name} TXT "${providerRecord.text}"`],
    ])}${sandbox}`
  }
  return `Bulkhead is ready: development mode, nothing leaves this machine.\n${shown([
    ['API endpoint', service.endpoint],
    ['access key', credentials.accessKeyId],
    ['secret key', credentials.secretAccessKey],
    ['SMTP host', service.smtp.host],
    ['SMTP port', `${service.smtp.port} (STARTTLS), ${service.smtps.port} (TLS)`],
    ['feedback', service.feedback ? `${service.feedback.host}:${service.feedback.port} (SMTP, for bounces and complaints)` : 'off'],
    ['SMTP user', credentials.accessKeyId],
    ['SMTP password', credentials.smtpPassword],
    ['DNS', development.dnsAddress],
  ])}${sandbox}\nSend the first message:\n  npx bulkhead hello you@anywhere.test\nand look at it:\n  npx bulkhead inbox\n`
}
