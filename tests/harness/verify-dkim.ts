// Judges every DKIM signature of a message with verifiers that are not ours: mailauth, and python3-dkim through verify_dkim.py.
// Both fetch keys by real DNS queries to the server they are told.
import { execFile } from 'node:child_process'
import { Resolver } from 'node:dns/promises'
import { join } from 'node:path'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { toolsRequired } from './missing-tool.ts'

/** The judgement about one signature. */
export interface SignatureVerdict {
  /** `d=` */
  readonly domain: string
  /** `s=` */
  readonly selector: string
  readonly pass: boolean
  /** Why not, in the verifier's words. */
  readonly comment: string
}

/** Judgement of mailauth; one verdict a signature, sorted by domain and selector. `dnsAddress` is `host:port`. */
export async function verifyDkim(message: Buffer, dnsAddress: string): Promise<SignatureVerdict[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 1 })
  resolver.setServers([dnsAddress])
  const { results } = await dkimVerify(message, { resolver: (name: string, type: string) => resolver.resolve(name, type) as Promise<string[]> })
  const verdicts = results
    .filter(({ signingDomain }) => signingDomain)
    .map(({ signingDomain, selector, status }) => ({
      domain: String(signingDomain),
      selector: String(selector),
      pass: status.result === 'pass',
      comment: String(status.comment ?? ''),
    }))
  return sorted(verdicts)
}

/** Judgement of python3-dkim; the same form. `undefined` when the machine has no python3 with the dkim and dns modules. */
export async function verifyDkimByPython(message: Buffer, dnsAddress: string): Promise<SignatureVerdict[] | undefined> {
  const { code, output } = await new Promise<{ code: number | string; output: string }>((done) => {
    const child = execFile('/usr/bin/python3', [join(import.meta.dirname, 'verify_dkim.py'), dnsAddress], { timeout: 30_000 }, (fault, stdout, stderr) =>
      done({ code: fault?.code ?? 0, output: fault ? stderr : stdout }),
    )
    child.stdin?.on('error', () => {}) // The exit code tells.
    child.stdin?.end(message)
  })
  if ((code === 'ENOENT' || code === 3) && !toolsRequired) return undefined
  if (code !== 0) throw new Error(`verify_dkim.py: ${output}`)
  return sorted(JSON.parse(output))
}

function sorted(verdicts: SignatureVerdict[]): SignatureVerdict[] {
  return verdicts.sort((a, b) => (`${a.domain} ${a.selector}` < `${b.domain} ${b.selector}` ? -1 : 1))
}
