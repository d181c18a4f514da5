// The command line over addresses and pools: what an operator sees and sets.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cliOf } from '../harness/run-cli.ts'
import { startWorld } from '../harness/world.ts'

test('ips, tenant pool and account set --default-pool show and change where mail leaves', async (t) => {
  const world = await startWorld(t, {
    environment: { BULKHEAD_EGRESS: '127.0.0.2/two.bulkhead.test,127.0.0.3/three.bulkhead.test', BULKHEAD_WARMUP: 'everywhere' },
  })
  const { cli, said } = cliOf(world)
  await world.tenant('acme')
  assert.equal(await cli('ses', 'create-dedicated-ip-pool', '--pool-name', 'marketing'), 0, said.err)
  assert.equal(await cli('ses', 'put-dedicated-ip-in-pool', '--ip', '127.0.0.3', '--destination-pool-name', 'marketing'), 0, said.err)
  assert.equal(await cli('ses', 'put-dedicated-ip-warmup-attributes', '--ip', '127.0.0.2', '--warmup-percentage', '100'), 0, said.err)
  assert.equal(await cli('ips'), 0, said.err)
  assert.match(said.out, /127\.0\.0\.2 +two\.bulkhead\.test +ses-default-dedicated-pool +100 % +all +- +-/)
  assert.match(said.out, /127\.0\.0\.3 +three\.bulkhead\.test +marketing +0 % +all +50 +0/)
  assert.match(said.out, /A cap is spread over the day; at FULL UNTIL the next part of it is free\./)
  assert.equal(await cli('ips', 'plan', 'marketing', '--caps', '10,20'), 0, said.err)
  assert.match(said.out, /marketing +0 % +all +10 +0/)
  assert.match(said.out + said.err, /marketing has a plan of its own: 10, 20\./)
  assert.notEqual(await cli('ips', 'plan', 'marketing'), 0)
  assert.match(said.err, /give either --caps or --none/)
  assert.equal(await cli('tenant', 'pool', 'acme', '--pool', 'marketing'), 0, said.err)
  assert.match(said.out, /pool +marketing/)
  assert.equal(await cli('tenant', 'pool', 'acme', '--none'), 0, said.err)
  assert.match(said.out, /pool +the account's/)
  assert.equal(await cli('account', 'set', '--default-pool', 'marketing'), 0, said.err)
  assert.match(said.out, /default pool +marketing/)
  assert.notEqual(await cli('account', 'set', '--default-pool', 'nowhere'), 0)
  assert.match(said.err, /The requested pool <nowhere> does not exist\./)
  assert.equal(await cli('account', 'set', '--default-pool', 'none'), 0, said.err)
  assert.doesNotMatch(said.out, /default pool/)
  assert.equal(await cli('shaping', 'explain', 'ann@far.test', '--ip', '192.0.2.1'), 254)
  assert.match(said.err, /`--ip`\) must be one of the sending addresses/)
  assert.equal(await cli('shaping', 'explain', 'notanaddress'), 254)
  assert.match(said.err, /<notanaddress> has neither @ nor a dot/)
})
