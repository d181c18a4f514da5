// Cost of checking one signature with a warm signing key and a 10 KB body. Goal: 30 µs or less.
import { createHmac, hash } from 'node:crypto'
import { accessKeys } from '../src/access/access-keys.ts'
import { createSignatureCheck } from '../src/api/sigv4.ts'
import { isRefusal } from '../src/model/refusal.ts'
import { systemClock } from '../src/kit/clock.ts'
import { systemRandom } from '../src/kit/random.ts'
import { createSealer } from '../src/kit/seal.ts'
import type { Store } from '../src/storage/store.ts'

const rounds = Number(process.argv[2] ?? 20_000)
const secret = 'a-secret-of-nobody'
const sealer = createSealer(Buffer.alloc(32, 1), systemRandom)
const record = { accessKeyId: 'AKIDBENCH', sealedSecret: sealer.seal(secret), principalArn: 'arn', principalName: 'root', active: true, createdAt: 0 }
const stored = { key: record.accessKeyId, value: record, version: 1 }
const store = { get: async (collection: object) => (collection === accessKeys ? stored : undefined) } as unknown as Pick<Store, 'get'>
const check = createSignatureCheck({ store, clock: systemClock, home: { region: 'us-east-1', accountId: '111122223333' }, sealer })

const body = Buffer.alloc(10_240, 'x')
const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
const day = timestamp.slice(0, 8)
const names = ['amz-sdk-invocation-id', 'amz-sdk-request', 'content-length', 'content-type', 'host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-user-agent']
const values: Record<string, string> = {
  'amz-sdk-invocation-id': 'b3a2e0c4-2f4e-4c2b-a0e0-1f2d3c4b5a69',
  'amz-sdk-request': 'attempt=1; max=3',
  'content-length': '10240',
  'content-type': 'application/json',
  host: '127.0.0.1:8025',
  'x-amz-content-sha256': hash('sha256', body, 'hex'),
  'x-amz-date': timestamp,
  'x-amz-user-agent': 'aws-sdk-js/3.1169.0',
}
const canonical = `POST\n/v2/email/outbound-emails\n\n${names.map((name) => `${name}:${values[name]}\n`).join('')}\n${names.join(';')}\n${hash('sha256', body, 'hex')}`
const scope = `${day}/us-east-1/ses/aws4_request`
const key = scope.split('/').reduce<Buffer | string>((made, part) => createHmac('sha256', made).update(part).digest(), `AWS4${secret}`)
const signature = createHmac('sha256', key)
  .update(`AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash('sha256', canonical, 'hex')}`)
  .digest('hex')
const authorization = `AWS4-HMAC-SHA256 Credential=AKIDBENCH/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
const request = { method: 'POST', url: '/v2/email/outbound-emails', headers: { ...values, authorization } }

async function run(count: number): Promise<number> {
  const started = process.cpuUsage()
  for (let round = 0; round < count; round++) {
    const claim = check.claim(request)
    if (isRefusal(claim)) throw new Error(claim.message)
    const principal = await check.verify(request, claim, body)
    if (isRefusal(principal)) throw new Error(principal.message)
  }
  const { user, system } = process.cpuUsage(started)
  return (user + system) / count
}

await run(rounds / 4)
const samples = [await run(rounds), await run(rounds), await run(rounds)].sort((a, b) => a - b)
console.log(`signature of a 10 KB body, warm key: ${(samples[1] ?? 0).toFixed(1)} µs of CPU (best ${(samples[0] ?? 0).toFixed(1)})`)
