// The examples of docs/moving-from-ses.md as they stand in the page: JavaScript, Python and AWS CLI run against a service in development mode.
// Only the address is another one.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import type { ListInboxAnswer } from '../../src/model/own-wire.ts'
import { skipWithout } from '../harness/missing-tool.ts'
import { waitFor } from '../harness/wait-for.ts'
import { startTourService } from '../tours/tour-service.ts'
import { missingTool } from '../tours/python-tours.ts'

const root = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/moving-from-ses.md'), 'utf8')
const run = promisify(execFile)

/** The blocks of a language under a heading. */
function examples(heading: string, language: string): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code = '']) => code)
}

/** A service with the tenant and the identity that `hello` makes, and the environment of the page's first block. */
async function readyService(t: TestContext) {
  const { service, local } = await startTourService(t)
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: local.accessKeyId,
    AWS_SECRET_ACCESS_KEY: local.secretAccessKey,
  }
  await run(process.execPath, [join(root, 'src/main.ts'), 'hello', 'first@anywhere.test', '--data-dir', join(service.dataDir, 'data')], {
    env,
    cwd: service.dataDir,
  })
  const here = (text: string) => text.replaceAll('http://127.0.0.1:8025', local.endpoint)
  const arrived = (recipient: string) =>
    waitFor(`mail for ${recipient}`, async () => (await service.own<ListInboxAnswer>('/bulkhead/v1/inbox', { Recipient: recipient })).Total > 0)
  return { env, local, here, arrived }
}

test('the JavaScript examples run', async (t) => {
  const { env, here, arrived, local } = await readyService(t)
  const [account = '', transport = '', ...more] = examples('JavaScript', 'js')
  assert.equal(more.length, 0)
  const js = (code: string, more: object = {}) => run(process.execPath, ['--input-type=module', '--eval', code], { env: { ...env, ...more }, cwd: root })
  assert.match((await js(here(account))).stdout, /SendingEnabled: true/)
  await js(here(transport))
  await arrived('you@anywhere.test')
  // And by the variables alone, as the page says first.
  const byEnvironment = account.replace("{ endpoint: 'http://127.0.0.1:8025', region: 'us-east-1' }", '')
  assert.notEqual(byEnvironment, account)
  assert.match((await js(byEnvironment, { AWS_ENDPOINT_URL_SESV2: local.endpoint })).stdout, /SendingEnabled: true/)
})

test('the Python example runs', async (t) => {
  const reason = await missingTool('boto3')
  if (reason) return skipWithout(t, reason)
  const { env, here } = await readyService(t)
  const [quota = '', ...more] = examples('Python', 'python')
  assert.equal(more.length, 0)
  assert.match((await run('/usr/bin/python3', ['-c', here(quota)], { env })).stdout, /^-?\d+\.0\n$/)
})

test('the AWS CLI examples run', async (t) => {
  const reason = await missingTool('awscli')
  if (reason) return skipWithout(t, reason)
  const { env, here, arrived } = await readyService(t)
  const [commands = '', ...more] = examples('AWS CLI', 'sh')
  assert.equal(more.length, 0)
  const { stdout } = await run('/bin/sh', ['-e', '-c', here(commands)], { env })
  assert.match(stdout, /"Account": "111122223333"[\s\S]*"IdentityName": "hello\.test"[\s\S]*"MessageId"/)
  await arrived('you@anywhere.test')
})
