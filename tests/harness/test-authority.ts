// A certificate authority for tests, made with openssl: what real servers and policy hosts present.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** PEM texts; `cert` is the chain below the root, or with it. */
export interface TestCertificate {
  readonly cert: string
  readonly key: string
}

/** The authority. */
export interface TestAuthority {
  /** PEM of the root. */
  readonly root: string
  /** A certificate for host names, in date for 30 days unless `expired`; `withRoot`: the chain holds the root. */
  issue(names: readonly string[], options?: { expired?: boolean; withRoot?: boolean }): TestCertificate
}

/** Makes one; its files go with the test. */
export function createTestAuthority(t: Pick<TestContext, 'after'>): TestAuthority {
  const directory = mkdtempSync(join(tmpdir(), 'authority-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const path = (name: string) => join(directory, name)
  const openssl = (...words: string[]) => execFileSync('/usr/bin/openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...key, '-keyout', path('root.key'), '-out', path('root.pem'), '-subj', '/CN=Test root', '-days', '30')
  const root = readFileSync(path('root.pem'), 'utf8')
  let count = 0
  return {
    root,
    issue(names, { expired = false, withRoot = false } = {}) {
      const file = path(`leaf-${++count}`)
      openssl(
        'req',
        '-new',
        ...key,
        '-keyout',
        `${file}.key`,
        '-out',
        `${file}.csr`,
        '-subj',
        '/CN=Test leaf',
        '-addext',
        `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`,
      )
      const by = ['-CA', path('root.pem'), '-CAkey', path('root.key'), '-CAcreateserial', '-copy_extensions', 'copy', '-days', expired ? '-1' : '30']
      openssl('x509', '-req', '-in', `${file}.csr`, ...by, '-out', `${file}.pem`)
      return { cert: readFileSync(`${file}.pem`, 'utf8') + (withRoot ? root : ''), key: readFileSync(`${file}.key`, 'utf8') }
    },
  }
}
