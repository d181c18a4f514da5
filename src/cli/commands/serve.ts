// `bulkhead serve`: the service itself. Every setting is a flag; the root judges them.
import { Command } from 'commander'
import { flagOf, settingRows } from '../../config.ts'

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
    const { serve } = await import('../../service.ts')
    await serve({ flags })
  })
}

const globalNames = ['data-dir', 'region', 'access-key-id', 'secret-access-key']
