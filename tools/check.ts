// `npm run check`: format, lint, types, walls, dead code, generated files. Says which step failed; exits with the number of failed steps.
import { run } from './run.ts'

const steps: [name: string, command: string, args: string[]][] = [
  ['format and lint', 'biome', ['check', '--error-on-warnings', 'src', 'tests', 'tools', 'bench', 'bin']],
  ['types', 'tsc', ['-p', '.']],
  ['walls', 'depcruise', ['--config', '.dependency-cruiser.mjs', '--output-type', 'err', 'src']],
  ['dead code', 'knip', []],
  ['generated pages', process.execPath, ['tools/generate.ts', '--check']],
  ['generated tables', process.execPath, ['tools/generate-enum-members.ts', '--check']],
]

const results = await Promise.all(steps.map(async ([name, command, args]) => ({ name, code: await run(command, args, { quiet: true }) })))
for (const { name, code } of results) console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}`)
process.exitCode = results.filter(({ code }) => code !== 0).length
