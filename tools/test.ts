// `npm test`: the check, then every test file. Arguments name files to run instead (`npm test -- tests/scenarios/x.test.ts`, without the check).
import { globSync } from 'node:fs'
import { root, run } from './run.ts'

const named = process.argv.slice(2)
const files = named.length > 0 ? named : globSync(['src/**/*.test.ts', 'tests/**/*.test.ts'], { cwd: root }).sort()
const checkCode = named.length > 0 ? 0 : await run(process.execPath, ['tools/check.ts'])
const testCode = await run(process.execPath, ['--test', '--test-concurrency=2', '--test-timeout=300000', ...files])
process.exitCode = checkCode || testCode
