// Tools that people have: Debian's boto3 and awscli make a tour through SES v2, SES v1 and STS. Only the endpoint is given to them.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { credentials, startHttpDoor } from '../harness/http-door.ts'

const run = promisify(execFile)
const required = process.env.BULKHEAD_TEST_REQUIRE_TOOLS === '1'
const environment = {
  PATH: '/usr/bin:/bin',
  HOME: '/nonexistent',
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_MAX_ATTEMPTS: '1',
  AWS_PAGER: '',
}

/** Why the tool cannot be used; where tools are required this is not asked, and the test fails. */
async function missing(program: string, args: string[], packageName: string): Promise<string | false> {
  if (required) return false
  return run(program, args, { env: environment }).then(
    () => false as const,
    () => `${packageName} is not installed (apt-get install ${packageName})`,
  )
}

const noBoto3 = await missing('/usr/bin/python3', ['-c', 'import boto3'], 'python3-boto3')
const noCli = await missing('/usr/bin/aws', ['--version'], 'awscli')

const program = `
import { GetSendQuotaCommand, SESClient } from '@aws-sdk/client-ses'
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
const { Account } = await new STSClient().send(new GetCallerIdentityCommand({}))
const { Max24HourSend } = await new SESClient().send(new GetSendQuotaCommand({}))
const Content = { Simple: { Subject: { Data: 'x' }, Body: { Text: { Data: 'y' } } } }
const message = { FromEmailAddress: 'a@b.test', Destination: { ToAddresses: ['c@d.test'] }, Content }
const { MessageId } = await new SESv2Client().send(new SendEmailCommand(message))
console.log(JSON.stringify({ Account, Max24HourSend, MessageId }))
`

test('a JavaScript program moves by its environment alone', async (t) => {
  const { endpoint } = await startHttpDoor(t)
  const env = { ...environment, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_SESV2: endpoint, AWS_ENDPOINT_URL_SES: endpoint, AWS_ENDPOINT_URL_STS: endpoint }
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { env, cwd: join(import.meta.dirname, '../..') })
  assert.deepEqual(JSON.parse(stdout), { Account: '111122223333', Max24HourSend: 1_000_000_000, MessageId: 'message-1' })
})

test("Debian's boto3 makes its tour", { skip: noBoto3 }, async (t) => {
  const { endpoint, submissions } = await startHttpDoor(t)
  const { stdout } = await run('/usr/bin/python3', [join(import.meta.dirname, '../harness/boto3_tour.py'), endpoint], { env: environment })
  assert.ok(Number(stdout) >= 48, `calls: ${stdout}`)
  assert.deepEqual(
    submissions.map(({ operation, content, destination }) => [operation, content.kind, destination?.to]),
    [
      ['SendEmail', 'simple', ['b@far.test']],
      ['SendRawEmail', 'raw', undefined],
      ['SendRawEmail', 'raw', ['c@far.test']],
      ['SendEmail', 'simple', ['b@far.test']],
    ],
  )
  const [simple, raw] = submissions
  assert.ok(simple?.content.kind === 'simple' && raw?.content.kind === 'raw')
  assert.deepEqual([simple.content.subject.data, simple.content.text?.data, simple.tags], ['Grüße <&>', 'a + b\r\n% é', [{ name: 'k', value: 'v' }]])
  assert.equal(Buffer.from(raw.content.bytes).toString('latin1').split('\r\n\r\n')[1], '\xff+/= body')
})

test("Debian's awscli makes its tour", { skip: noCli }, async (t) => {
  const { endpoint, submissions } = await startHttpDoor(t)
  const aws = async (...args: string[]) => {
    const { stdout } = await run('/usr/bin/aws', ['--endpoint-url', endpoint, '--output', 'json', ...args], { env: environment })
    return stdout.trim() === '' ? {} : JSON.parse(stdout)
  }
  const refused = async (text: RegExp, ...args: string[]) => assert.rejects(aws(...args), (fault: { stderr?: string }) => text.test(fault.stderr ?? ''))
  assert.equal((await aws('sts', 'get-caller-identity')).Account, '111122223333')
  assert.match((await aws('ses', 'verify-domain-identity', '--domain', 'cli.test')).VerificationToken, /=$/)
  const { DkimTokens } = await aws('ses', 'verify-domain-dkim', '--domain', 'cli.test')
  assert.deepEqual((await aws('sesv2', 'get-email-identity', '--email-identity', 'cli.test')).DkimAttributes.Tokens, DkimTokens)
  assert.deepEqual((await aws('ses', 'list-identities', '--identity-type', 'Domain')).Identities, ['cli.test'])
  await aws('ses', 'create-configuration-set', '--configuration-set', 'Name=cli')
  await refused(/\(ConfigurationSetAlreadyExists\)/, 'ses', 'create-configuration-set', '--configuration-set', 'Name=cli')
  assert.deepEqual((await aws('sesv2', 'list-configuration-sets')).ConfigurationSets, ['cli'])
  const sent = await aws(
    'ses',
    'send-email',
    '--from',
    'a@cli.test',
    '--to',
    'b@far.test',
    '--subject',
    'x & y',
    '--text',
    'é',
    '--configuration-set-name',
    'cli',
  )
  assert.equal(sent.MessageId, 'message-1')
  await aws('ses', 'send-raw-email', '--raw-message', `Data=${Buffer.from('From: a@cli.test\r\nTo: b@far.test\r\n\r\nx').toString('base64')}`)
  const content = '{"Simple":{"Subject":{"Data":"x"},"Body":{"Text":{"Data":"y"}}}}'
  await aws('sesv2', 'send-email', '--from-email-address', 'a@cli.test', '--destination', 'ToAddresses=b@far.test', '--content', content)
  assert.deepEqual(
    submissions.map(({ operation, configurationSetName }) => [operation, configurationSetName]),
    [
      ['SendEmail', 'cli'],
      ['SendRawEmail', undefined],
      ['SendEmail', undefined],
    ],
  )
  assert.equal((await aws('ses', 'get-send-quota')).SentLast24Hours, 0)
  await refused(/\(NotImplemented\).*ListReceiptFilters is not offered/s, 'ses', 'list-receipt-filters')
  await aws('ses', 'delete-identity', '--identity', 'cli.test')
  await refused(/\(NotFoundException\)/, 'sesv2', 'get-email-identity', '--email-identity', 'cli.test')
})
