// DANE (RFC 7672) with a zone that knot signs and an unbound that validates: what TLSA records demand, for exactly the domains whose MX is secure.
import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { openValidatingDns } from '../../src/kit/validating-dns.ts'
import { freePort } from '../harness/free-port.ts'
import { skipWithout } from '../harness/missing-tool.ts'
import { hasSignedZones, serveZones } from '../harness/signed-zone.ts'
import { createTestAuthority } from '../harness/test-authority.ts'
import { startTransportWorld } from '../harness/transport-world.ts'
import type { Far, FarScript } from './delivery-world.ts'

test('secure TLSA records rule, insecure and missing ones do not, and DANE outranks MTA-STS', async (t) => {
  if (!hasSignedZones()) {
    skipWithout(t, "DANE needs Debian's knot and unbound")
    return
  }
  const authority = createTestAuthority(t)
  const stranger = createTestAuthority(t)
  const port = await freePort()
  // Nobody on the public key infrastructure of this world signed it, and it is for no name.
  const own = stranger.issue(['anything.test'])
  const anchored = authority.issue(['mx-ta.signed.test'], { withRoot: true })
  const keyHash = (pem: string) =>
    createHash('sha256')
      .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex')
  const rootHash = createHash('sha256').update(new X509Certificate(authority.root).raw).digest('hex')
  const hosts: [name: string, script: FarScript, ...tlsa: string[]][] = [
    ['mx-ee', { tls: own }, `3 1 1 ${keyHash(own.cert)}`],
    ['mx-ta', { tls: anchored }, `2 0 1 ${rootHash}`],
    ['mx-wrong', { tls: own }, `3 1 1 ${keyHash(anchored.cert)}`],
    ['mx-clear', {}, `3 1 1 ${keyHash(own.cert)}`],
    ['mx-unusable', { tls: own }, `1 1 1 ${keyHash(anchored.cert)}`],
    ['mx-unusable-clear', {}, `1 1 1 ${keyHash(anchored.cert)}`],
    ['mx-none', {}],
    ['mx-bogus', { tls: own }, `3 1 1 ${keyHash(own.cert)}`],
  ]
  const lines = hosts.flatMap(([name, , ...tlsa], index) => [
    `${name} A 127.0.1.${index + 1}`,
    `${name.slice(3)} MX 10 ${name}`,
    ...tlsa.map((data) => `_${port}._tcp.${name} TLSA ${data}`),
  ])
  lines.push('backup MX 10 mx-wrong', 'backup MX 20 mx-clear', 'backup MX 30 mx-bogus', 'backup MX 40 mx-ee')
  lines.push('alias A 127.0.1.9', 'mx-alias CNAME mx-ee', 'aliased MX 10 mx-alias')
  lines.push('both MX 10 mx-ee', '_mta-sts.both TXT "v=STSv1; id=1;"', 'mta-sts.both A 127.0.0.1')
  const resolver = await serveZones(
    t,
    { 'signed.test': { signed: true, lines }, 'plain.test': { signed: false, lines: ['@ MX 10 mx-wrong.signed.test.', 'clear MX 10 mx-clear.signed.test.'] } },
    ['_tcp.mx-bogus.signed.test'],
  )
  const dns = openValidatingDns([resolver], { clock: systemClock, random: systemRandom })
  const plain = await dns.mx('plain.test')
  assert.deepEqual([plain.kind, 'secure' in plain && plain.secure], ['records', false])
  assert.deepEqual(await dns.tlsa?.(`_${port}._tcp.mx-bogus.signed.test`), { kind: 'failed', code: 'ESERVFAIL' })
  assert.deepEqual(await dns.mx('nobody.signed.test'), { kind: 'absent', nameExists: false, secure: true })

  const world = await startTransportWorld(t, { policyHosts: ['mta-sts.both.signed.test'], authority, remotePort: port, resolver: dns })
  world.files.set('mta-sts.both.signed.test/.well-known/mta-sts.txt', { text: 'version: STSv1\nmode: enforce\nmx: elsewhere.test\nmax_age: 3600\n' })
  const far = new Map<string, Far>()
  for (const [name, script] of hosts) far.set(name, await world.far(`${name}.signed.test`, script))
  const taken = (name: string) => far.get(name)?.received.map(({ recipient, secure }) => `${recipient} ${secure ? 'TLS' : 'clear'}`) ?? []
  const domains = [...hosts.map(([name]) => name.slice(3)), 'backup', 'aliased', 'both'].map((name) => `${name}.signed.test`)
  for (const domain of [...domains, 'plain.test', 'clear.plain.test']) await world.send(`bob@${domain}`)
  await world.delivery.idle()

  assert.deepEqual(
    taken('mx-ee').sort(),
    ['aliased', 'backup', 'both', 'ee'].map((name) => `bob@${name}.signed.test TLS`),
  )
  assert.deepEqual(taken('mx-ta'), ['bob@ta.signed.test TLS'])
  assert.deepEqual(taken('mx-wrong'), ['bob@plain.test TLS'], 'its MX record proves nothing, so TLS is opportunistic')
  assert.deepEqual(taken('mx-clear'), ['bob@clear.plain.test clear'])
  assert.deepEqual(taken('mx-unusable'), ['bob@unusable.signed.test TLS'])
  assert.deepEqual(taken('mx-unusable-clear'), [])
  assert.deepEqual(taken('mx-none'), ['bob@none.signed.test clear'])
  assert.deepEqual(taken('mx-bogus'), [])
  const waiting = new Map((await world.queue()).map(({ recipient, lastReply }) => [recipient, lastReply]))
  assert.deepEqual(
    [...waiting.keys()].sort(),
    ['bogus', 'clear', 'unusable-clear', 'wrong'].map((name) => `bob@${name}.signed.test`),
  )
  assert.match(waiting.get('bob@wrong.signed.test') ?? '', /^451 4\.7\.5 .*TLSA/)
  assert.match(waiting.get('bob@clear.signed.test') ?? '', /^451 4\.7\.10 /)
  assert.match(waiting.get('bob@bogus.signed.test') ?? '', /^451 4\.7\.5 DANE: /)
})
