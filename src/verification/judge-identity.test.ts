// States and times of ses.md §4.2 to §4.4, one step at a time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IdentityRecord, VerificationStatus } from '../resources/identities.ts'
import type { Finding } from './finding.ts'
import { judgeIdentity } from './judge-identity.ts'

const hour = 3_600_000
const found: Finding = { kind: 'found' }
const missing: Finding = { kind: 'missing', error: 'HOST_NOT_FOUND' }
const unknown: Finding = { kind: 'unknown', error: 'DNS_SERVER_ERROR' }

function domain(verification: VerificationStatus, status: VerificationStatus, more: Partial<IdentityRecord> = {}): IdentityRecord {
  return {
    name: 'acme.test',
    kind: 'DOMAIN',
    createdAt: 0,
    tags: [],
    configurationSetName: undefined,
    feedbackForwarding: true,
    mailFrom: undefined,
    verification,
    verificationStartedAt: 0,
    lastCheckedAt: undefined,
    lastSuccessAt: undefined,
    lastError: undefined,
    nextCheckAt: 0,
    dkim: {
      signingEnabled: true,
      origin: 'AWS_SES',
      tokens: ['a', 'b', 'c'],
      key: undefined,
      nextKeyLength: 'RSA_2048_BIT',
      lastKeyGenerationAt: undefined,
      status,
    },
    ...more,
  }
}

const look = (identity: IdentityRecord, dkim: Finding | undefined, now: number, mailFrom?: Finding) =>
  judgeIdentity(identity, { dkim, mailFrom }, { now, intervalMs: 60_000, fraction: 0.5 })

test('a domain goes through its states', () => {
  const table: [VerificationStatus, VerificationStatus, Finding, number, number | undefined, VerificationStatus, VerificationStatus][] = [
    ['PENDING', 'PENDING', missing, 1, undefined, 'PENDING', 'PENDING'],
    ['PENDING', 'PENDING', missing, 72, undefined, 'FAILED', 'FAILED'],
    ['PENDING', 'PENDING', unknown, 100, undefined, 'PENDING', 'PENDING'],
    ['PENDING', 'PENDING', found, 80, undefined, 'SUCCESS', 'SUCCESS'],
    ['SUCCESS', 'SUCCESS', unknown, 500, 1, 'SUCCESS', 'SUCCESS'],
    ['SUCCESS', 'SUCCESS', missing, 25, 1, 'TEMPORARY_FAILURE', 'TEMPORARY_FAILURE'],
    ['TEMPORARY_FAILURE', 'TEMPORARY_FAILURE', missing, 120, 1, 'TEMPORARY_FAILURE', 'TEMPORARY_FAILURE'],
    ['TEMPORARY_FAILURE', 'TEMPORARY_FAILURE', missing, 121, 1, 'FAILED', 'FAILED'],
    ['TEMPORARY_FAILURE', 'TEMPORARY_FAILURE', found, 121, 1, 'SUCCESS', 'SUCCESS'],
    ['FAILED', 'FAILED', found, 121, 1, 'FAILED', 'FAILED'],
    // New keys are searched for; what was verified stays verified.
    ['SUCCESS', 'PENDING', missing, 10, 1, 'SUCCESS', 'PENDING'],
    ['SUCCESS', 'PENDING', missing, 72, 1, 'SUCCESS', 'FAILED'],
    ['SUCCESS', 'PENDING', found, 72, 1, 'SUCCESS', 'SUCCESS'],
  ]
  for (const [verification, status, finding, hours, success, wanted, wantedDkim] of table) {
    const judged = look(domain(verification, status, { lastSuccessAt: success === undefined ? undefined : success * hour }), finding, hours * hour)
    assert.deepEqual([judged.verification, judged.dkim?.status], [wanted, wantedDkim], `${verification}/${status} ${finding.kind} at ${hours} h`)
  }
})

test('the token of SES v1 verifies a domain while its DKIM does not, and its loss counts', () => {
  const proved: Partial<IdentityRecord> = { provedByToken: true, lastSuccessAt: hour }
  const table: [IdentityRecord, Finding | undefined, Finding, number, VerificationStatus, VerificationStatus, true | undefined][] = [
    [domain('PENDING', 'PENDING'), missing, found, 1, 'SUCCESS', 'PENDING', true],
    [domain('PENDING', 'PENDING'), missing, missing, 72, 'FAILED', 'FAILED', undefined],
    [domain('SUCCESS', 'PENDING', proved), missing, found, 72, 'SUCCESS', 'FAILED', true],
    [domain('SUCCESS', 'FAILED', proved), undefined, unknown, 500, 'SUCCESS', 'FAILED', true],
    [domain('SUCCESS', 'FAILED', proved), undefined, missing, 120, 'TEMPORARY_FAILURE', 'FAILED', true],
    [domain('TEMPORARY_FAILURE', 'FAILED', proved), undefined, missing, 121, 'FAILED', 'FAILED', undefined],
    [domain('TEMPORARY_FAILURE', 'FAILED', proved), undefined, found, 121, 'SUCCESS', 'FAILED', true],
    [domain('SUCCESS', 'PENDING', proved), found, missing, 10, 'SUCCESS', 'SUCCESS', undefined],
    // Verified by DKIM before, new keys are searched for: a token that never was takes nothing away.
    [domain('SUCCESS', 'PENDING'), missing, missing, 10, 'SUCCESS', 'PENDING', undefined],
  ]
  for (const [identity, dkim, domainProof, hours, wanted, wantedDkim, byToken] of table) {
    const judged = judgeIdentity(identity, { dkim, mailFrom: undefined, domainProof }, { now: hours * hour, intervalMs: 60_000, fraction: 0.5 })
    const facts = [judged.verification, judged.dkim?.status, judged.provedByToken]
    assert.deepEqual(facts, [wanted, wantedDkim, byToken], `${identity.verification}/${identity.dkim?.status} ${domainProof.kind} at ${hours} h`)
    if (byToken) assert.ok((judged.nextCheckAt ?? 0) > hours * hour, 'it is looked at again')
  }
})

test('what was seen and when stands in the record', () => {
  const failed = look(domain('PENDING', 'PENDING'), missing, hour)
  assert.deepEqual([failed.lastCheckedAt, failed.lastSuccessAt, failed.lastError], [hour, undefined, 'HOST_NOT_FOUND'])
  const good = look(failed, found, 2 * hour)
  assert.deepEqual([good.lastCheckedAt, good.lastSuccessAt, good.lastError], [2 * hour, 2 * hour, undefined])
})

test('looks become rarer, and end when nothing can change', () => {
  const next = (identity: IdentityRecord, finding: Finding, now: number) => (look(identity, finding, now).nextCheckAt ?? Number.NaN) - now
  assert.equal(next(domain('PENDING', 'PENDING'), missing, 0), 60_000)
  assert.equal(next(domain('PENDING', 'PENDING'), missing, 5 * hour), hour / 2)
  assert.equal(next(domain('PENDING', 'PENDING'), missing, 50 * hour), hour)
  assert.equal(next(domain('PENDING', 'PENDING'), found, hour), 24 * hour)
  assert.equal(next(domain('SUCCESS', 'SUCCESS', { lastSuccessAt: 99 * hour }), missing, 100 * hour), hour)
  assert.equal(look(domain('PENDING', 'PENDING'), missing, 72 * hour).nextCheckAt, undefined)
})

test('MAIL FROM has states of its own and takes nothing from the identity', () => {
  const withMailFrom = (status: VerificationStatus, since: number) =>
    domain('SUCCESS', 'SUCCESS', { lastSuccessAt: 0, mailFrom: { domain: 'm.acme.test', behaviorOnMxFailure: 'USE_DEFAULT_VALUE', status, since } })
  const table: [VerificationStatus, Finding, number, VerificationStatus][] = [
    ['PENDING', missing, 71, 'PENDING'],
    ['PENDING', missing, 72, 'FAILED'],
    ['PENDING', unknown, 72, 'PENDING'],
    ['PENDING', found, 72, 'SUCCESS'],
    ['SUCCESS', missing, 1, 'TEMPORARY_FAILURE'],
    ['TEMPORARY_FAILURE', missing, 71, 'TEMPORARY_FAILURE'],
    ['TEMPORARY_FAILURE', missing, 72, 'FAILED'],
    ['TEMPORARY_FAILURE', found, 72, 'SUCCESS'],
  ]
  for (const [status, finding, hours, wanted] of table) {
    const judged = look(withMailFrom(status, 0), found, hours * hour, finding)
    assert.deepEqual([judged.mailFrom?.status, judged.verification], [wanted, 'SUCCESS'], `${status} ${finding.kind} at ${hours} h`)
  }
})

test('an address that nobody confirms fails after a day', () => {
  const address = domain('PENDING', 'PENDING', { kind: 'EMAIL_ADDRESS', name: 'a@acme.test', dkim: undefined })
  const asked = look(address, undefined, 1)
  assert.deepEqual([asked.verification, asked.nextCheckAt], ['PENDING', 24 * hour])
  assert.deepEqual([look(asked, undefined, 24 * hour).verification, look(asked, undefined, 24 * hour).nextCheckAt], ['FAILED', undefined])
})

test('a new key that others may not see yet changes nothing, and once it is seen the one before stops signing', () => {
  const key = (publicKey: string) => ({ sealedPrivateKey: `sealed ${publicKey}`, publicKey, bits: 2_048 })
  const present = domain('SUCCESS', 'PENDING', { lastSuccessAt: 0 })
  const outgoing = { origin: 'AWS_SES' as const, tokens: ['c', 'a', 'b'], key: key('old'), nextKeyLength: 'RSA_2048_BIT' as const }
  const changing: IdentityRecord = { ...present, dkim: present.dkim && { ...present.dkim, key: key('new'), outgoing } }
  const waiting = look(changing, { kind: 'waiting' }, hour)
  assert.deepEqual([waiting.dkim, waiting.verification, waiting.lastError], [changing.dkim, 'SUCCESS', undefined])
  assert.ok((waiting.nextCheckAt ?? 0) > hour)
  assert.deepEqual(look(changing, missing, hour).dkim?.outgoing, outgoing)
  for (const [finding, now, status] of [
    [found, hour, 'SUCCESS'],
    [missing, 72 * hour, 'FAILED'],
  ] as const) {
    const { dkim } = look(changing, finding, now)
    assert.deepEqual([dkim?.status, dkim?.outgoing, dkim?.retiredKey], [status, undefined, { token: 'c', publicKey: 'old', at: now }])
  }
})

test('a replica whose parent gives nothing goes on while DNS agrees, shows why, and asks every hour', () => {
  const present = domain('SUCCESS', 'SUCCESS', { lastSuccessAt: 0 })
  const replica: IdentityRecord = { ...present, dkim: present.dkim && { ...present.dkim, parent: { region: 'eu-west-1', zone: 'dkim.parent.test' } } }
  const findings = { dkim: found, mailFrom: undefined, parentError: 'REPLICATION_ACCESS_DENIED' as const }
  const judged = judgeIdentity(replica, findings, { now: 9 * hour, intervalMs: 60_000, fraction: 0.5 })
  assert.deepEqual([judged.dkim?.status, judged.lastError, judged.nextCheckAt], ['SUCCESS', 'REPLICATION_ACCESS_DENIED', 10 * hour])
})

test('the zone of a domain stands in its record until another is seen', () => {
  const soa = { primary: 'ns.test', mailbox: 'owner.test', serial: 7 }
  const pace = { now: hour, intervalMs: 60_000, fraction: 0.5 }
  const seen = judgeIdentity(domain('PENDING', 'PENDING'), { dkim: missing, mailFrom: undefined, soa }, pace)
  assert.deepEqual([seen.soa, look(seen, found, 2 * hour).soa], [soa, soa])
})
