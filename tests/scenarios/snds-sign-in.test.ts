// `figures sign-in`: a person signs in at Microsoft in a browser somewhere, and the service gets a file that it can sign in with (RFC 7636).
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { run } from '../../src/cli/run.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { readSndsCredential } from '../../src/third-party/snds/credential.ts'

/** The authority: a code counts for who has the verifier of the challenge. */
async function startAuthority(t: TestContext) {
  const seen = { challenge: '' }
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      const form = new URLSearchParams(body)
      const verified =
        createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url') === seen.challenge
      const isGood = request.url === '/oauth2/v2.0/token' && verified && form.get('code') === 'the code' && form.get('redirect_uri') === 'http://localhost'
      response
        .writeHead(isGood ? 200 : 400)
        .end(JSON.stringify(isGood ? { access_token: 'a', refresh_token: 'the refresh token' } : { error: 'invalid_grant' }))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    return new Promise<void>((done) => server.close(() => done()))
  })
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('the page is asked with a challenge, its answer is exchanged once, and only the owner may read the file', async (t) => {
  const authority = await startAuthority(t)
  const folder = await mkdtemp(join(tmpdir(), 'sign-in-'))
  t.after(() => rm(folder, { recursive: true }))
  const type = async (answer: ((page: URL) => string) | undefined) => {
    const said = { out: '', err: '' }
    const code = await run(['figures', 'sign-in', 'snds.json', '--authority', `${authority.url}/`], {
      ...{ environment: {}, folder, columns: undefined, clock: systemClock },
      out(text) {
        said.out += String(text)
      },
      err(text) {
        said.err += text
      },
      interrupted: () => new AbortController().signal,
      ...(answer
        ? {
            ask: async () => {
              const page = new URL(/http:\S+authorize\S+/.exec(said.err)?.[0] ?? '')
              authority.seen.challenge = page.searchParams.get('code_challenge') ?? ''
              return answer(page)
            },
          }
        : {}),
    })
    return { code, ...said }
  }
  const back = (page: URL, query: Record<string, string>) =>
    `http://localhost/?${new URLSearchParams({ state: page.searchParams.get('state') ?? '', ...query })}`
  for (const [answer, reason] of [
    [() => '', /not the address of this sign-in/],
    [() => 'http://localhost/?code=the+code&state=another', /not the address of this sign-in/],
    [(page: URL) => back(page, { error: 'access_denied' }), /did not sign you in: access_denied/],
    [(page: URL) => back(page, { code: 'another code' }), /gave no refresh token \(invalid_grant\)/],
  ] as const) {
    const { code, err } = await type(answer)
    assert.deepEqual([code, reason.test(err)], [255, true], err)
  }
  assert.equal((await type(undefined)).code, 252, 'nobody is there to be asked')
  await assert.rejects(stat(join(folder, 'snds.json')), { code: 'ENOENT' })

  const { code, err, out } = await type((page) => {
    assert.deepEqual(
      ['client_id', 'response_type', 'code_challenge_method', 'redirect_uri'].map((name) => page.searchParams.get(name)),
      ['a53a6cc1-a1cd-46f7-a4aa-281cdabec33c', 'code', 'S256', 'http://localhost'],
    )
    return back(page, { code: 'the code' })
  })
  assert.equal(code, 0, err)
  assert.ok(!(out + err).includes('the refresh token'))
  const file = join(folder, 'snds.json')
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  const credential = readSndsCredential(await readFile(file, 'utf8'))
  assert.ok('refreshToken' in credential)
  assert.deepEqual([credential.refreshToken, credential.tokenUri], ['the refresh token', `${authority.url}/oauth2/v2.0/token`])
})
