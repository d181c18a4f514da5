// Signs a person in at Microsoft for the SNDS API and keeps what the service needs: OAuth 2.0 with PKCE (RFC 7636) by the public client of the SNDS
// portal. The browser may be on another machine: Microsoft sends it to http://localhost, where nobody is, and the person brings that address back.
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { writePrivateFile } from '../kit/private-file.ts'
import { type Random, systemRandom } from '../kit/random.ts'
import { CommandFailure, exitCodes, type Terminal, usageFailure } from './terminal.ts'

/** Where and as what. */
export interface SndsSignIn {
  /** Of the file to write. */
  readonly file: string
  /** Without a slash at its end. */
  readonly authority: string
  readonly clientId: string
}

const redirectUri = 'http://localhost'

/** Asks, exchanges and writes; the file can be read by its owner only. @throws CommandFailure */
export async function signInToSnds({ file, authority, clientId }: SndsSignIn, terminal: Terminal, random: Pick<Random, 'bytes'> = systemRandom): Promise<void> {
  if (!terminal.ask) throw usageFailure('signing in needs a terminal: a person must open a page and bring an address back')
  const [verifier, state] = [random.bytes(32).toString('base64url'), random.bytes(16).toString('base64url')]
  const scope = `${clientId}/.default offline_access openid profile`
  const page = new URL(`${authority}/oauth2/v2.0/authorize`)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const query = {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(query)) page.searchParams.set(name, value)
  terminal.err(`Open this page in a browser, with the account that your addresses are registered with in SNDS:\n\n${page.href}\n\n`)
  terminal.err(`After that the browser stands at ${redirectUri}/?code=… and cannot show it. Copy that address.\n`)
  const code = codeOf(await terminal.ask('Address: ', terminal.interrupted()), state)
  const tokenUri = `${authority}/oauth2/v2.0/token`
  const form = { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri: redirectUri, code_verifier: verifier, scope }
  const refreshToken = await exchange(tokenUri, form)
  await writePrivateFile(
    resolve(terminal.folder, file),
    `${JSON.stringify({ client_id: clientId, token_uri: tokenUri, refresh_token: refreshToken }, null, 2)}\n`,
  )
  terminal.err(`Written to ${file}. Start the service with BULKHEAD_SNDS_CREDENTIALS=${file}\n`)
}

function codeOf(address: string, state: string): string {
  const text = address.trim()
  const answer = URL.canParse(text) ? new URL(text).searchParams : new URLSearchParams()
  const code = answer.get('code')
  if (answer.get('error')) throw new CommandFailure(exitCodes.general, `Microsoft did not sign you in: ${visible(answer.get('error') ?? '')}`)
  // Another page's answer would sign somebody else in.
  if (!code || answer.get('state') !== state) throw new CommandFailure(exitCodes.general, 'This is not the address of this sign-in. Start again.')
  return code
}

async function exchange(tokenUri: string, form: Readonly<Record<string, string>>): Promise<string> {
  let said: Record<string, unknown>
  try {
    const answer = await fetch(tokenUri, { method: 'POST', body: new URLSearchParams(form), redirect: 'error' })
    said = (await answer.json()) as Record<string, unknown>
  } catch (cause) {
    throw new CommandFailure(exitCodes.general, `${new URL(tokenUri).host} could not be asked or understood.`, { cause })
  }
  if (typeof said?.refresh_token === 'string' && said.refresh_token !== '') return said.refresh_token
  throw new CommandFailure(
    exitCodes.general,
    `${new URL(tokenUri).host} gave no refresh token${typeof said?.error === 'string' ? ` (${visible(said.error)})` : ''}.`,
  )
}

function visible(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 100)
}
