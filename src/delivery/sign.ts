// Signs a message just before it leaves: with the identity's key and with ours, like SES. RSA runs in the thread pool,
// little more at a time than cores, in the scheduler's order; so a commit never stands behind a hundred signatures.
// Leaves to whom: the form of a signature is mail/dkim.ts; which identity authorised the send was judged at acceptance.
import { createPrivateKey, sign as cryptoSign, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../kit/clock.ts'
import type { Sealer } from '../kit/seal.ts'
import { type DkimSigner, signedField, unsignedField } from '../mail/dkim.ts'
import { type DkimKey, identities } from '../resources/identities.ts'
import { signingKey } from '../resources/signing-key.ts'
import type { Store } from '../storage/store.ts'
import { type Letter, letterDraft } from './letter.ts'
import { parsedKeysMax, signaturesAhead, signingPlanFreshMs } from './limits.ts'

/** The provider's own key; `domain` is usually the host name. */
export interface ProviderSigning {
  readonly domain: string
  readonly selector: string
  readonly key: KeyObject
}

/** How mail of one identity is signed and where its bounces return to. */
export interface SigningPlan {
  readonly signers: readonly (DkimSigner & { readonly key: KeyObject })[]
  readonly returnPathDomain: string
  readonly readAt: number
}

/** Makes plans and signatures. */
export interface Signer {
  /** The identity's plan, when it is at hand and fresh. */
  known(identityName: string): SigningPlan | undefined
  /** The plan by the records. @throws StoreUnavailable */
  find(identityName: string): Promise<SigningPlan>
  /**
   * Calls back with the signature fields (each with CRLF, latin1), at once when the letter has them already.
   * @param signedAt seconds since the epoch, the same for each attempt.
   */
  sign(
    letter: Letter,
    bytes: Buffer,
    plan: SigningPlan,
    identityName: string,
    signedAt: number,
    done: (fields: string | undefined, fault?: unknown) => void,
  ): void
  /** An identity changed. */
  forget(): void
}

interface Task {
  readonly signer: DkimSigner & { readonly key: KeyObject }
  readonly bytes: Buffer
  readonly done: (fault: Error | null, signature: Buffer | undefined) => void
}

/** @param workers signatures that run at a time; the number of cores. */
export function createSigner({
  store,
  clock,
  sealer,
  hostname,
  provider,
  workers,
}: {
  store: Pick<Store, 'get'>
  clock: Clock
  sealer: Pick<Sealer, 'open'>
  hostname: string
  provider: ProviderSigning | undefined
  workers: number
}): Signer {
  const plans = new LRUCache<string, SigningPlan>({ max: parsedKeysMax })
  const keys = new LRUCache<string, KeyObject>({ max: parsedKeysMax })
  const asked = new Map<string, Promise<SigningPlan>>()
  let line: Task[] = []
  let head = 0
  let running = 0

  function parsedKey(domain: string, key: DkimKey): KeyObject {
    const name = `${domain} ${key.publicKey}`
    let parsed = keys.get(name)
    if (!parsed) {
      parsed = createPrivateKey(sealer.open(key.sealedPrivateKey))
      keys.set(name, parsed)
    }
    return parsed
  }

  async function makePlan(identityName: string): Promise<SigningPlan> {
    const readAt = clock.now()
    const own = (await store.get(identities, identityName))?.value
    const domainName = identityName.slice(identityName.lastIndexOf('@') + 1)
    const domain = domainName === identityName ? own : (await store.get(identities, domainName))?.value
    const signers: (DkimSigner & { key: KeyObject })[] = []
    const dkim = domain?.dkim
    const signing = dkim?.signingEnabled ? signingKey(dkim) : undefined
    if (domain && signing) {
      const key = parsedKey(domain.name, signing.key)
      signers.push({ domain: domain.name, selector: signing.selector, algorithm: algorithmOf(key), key })
    }
    if (provider) signers.push({ domain: provider.domain, selector: provider.selector, algorithm: algorithmOf(provider.key), key: provider.key })
    const mailFrom = own?.mailFrom ?? domain?.mailFrom
    const plan = { signers, returnPathDomain: mailFrom?.status === 'SUCCESS' ? mailFrom.domain : hostname, readAt }
    plans.set(identityName, plan)
    return plan
  }

  function startTasks(): void {
    while (running < workers + signaturesAhead && head < line.length) {
      const task = line[head++] as Task
      if (head === line.length) {
        line = []
        head = 0
      }
      running++
      cryptoSign(task.signer.algorithm === 'rsa-sha256' ? 'sha256' : null, task.bytes, task.signer.key, (fault, signature) => {
        running--
        // First the next one, so that no core waits for what the callback does.
        startTasks()
        task.done(fault, signature)
      })
    }
  }

  return {
    known(identityName) {
      const plan = plans.get(identityName)
      return plan && clock.now() - plan.readAt < signingPlanFreshMs ? plan : undefined
    },
    find(identityName) {
      const running = asked.get(identityName)
      if (running) return running
      const answer = makePlan(identityName).finally(() => asked.delete(identityName))
      asked.set(identityName, answer)
      return answer
    },
    sign(letter, bytes, plan, identityName, signedAt, done) {
      if (plan.signers.length === 0) {
        done('')
        return
      }
      letter.signatures ??= new Map()
      const made = letter.signatures.get(identityName)
      if (made !== undefined) {
        done(made)
        return
      }
      const draft = letterDraft(letter, bytes)
      const fields: string[] = []
      let left = plan.signers.length
      let failed: unknown
      plan.signers.forEach((signer, index) => {
        const unsigned = unsignedField(draft, signer, signedAt)
        line.push({
          signer,
          bytes: unsigned.signedBytes,
          done: (fault, signature) => {
            if (signature) fields[index] = signedField(unsigned, signature)
            else failed = fault
            if (--left > 0) return
            if (failed !== undefined) {
              done(undefined, failed)
              return
            }
            const text = fields.join('')
            letter.signatures?.set(identityName, text)
            done(text)
          },
        })
      })
      startTasks()
    },
    forget() {
      plans.clear()
    },
  }
}

function algorithmOf(key: KeyObject): DkimSigner['algorithm'] {
  return key.asymmetricKeyType === 'ed25519' ? 'ed25519-sha256' : 'rsa-sha256'
}
