// An object that never ends does not hold its reader for ever.
import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createManualClock } from '../../tests/harness/manual-clock.ts'
import { waitFor } from '../../tests/harness/wait-for.ts'
import { objectMsMax } from './limits.ts'
import { openObjects } from './objects.ts'

test('a far server that only drips is left after an hour', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'objects-'))
  const server = createServer((_request, response) => void response.write('a'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    server.closeAllConnections()
    server.close()
    await rm(dataDir, { recursive: true })
  })
  const clock = createManualClock()
  const nowhere = async () => ({ kind: 'absent' as const, nameExists: false })
  const objects = await openObjects({
    dataDir,
    clock,
    guard: { dns: { ipv4: nowhere, ipv6: nowhere }, clock, allowed: { has: () => true } },
    s3: undefined,
    exportsAt: undefined,
    linkKey: Buffer.alloc(32),
    publicUrl: () => 'http://here.test',
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/drip`
  const copied = objects.copyTo(url, join(dataDir, 'copy'), new AbortController().signal)
  const failed = assert.rejects(copied, { name: 'ObjectFault', isFinal: true, message: 'The object did not come to its end in an hour.' })
  await waitFor('the first byte', async () => (await stat(join(dataDir, 'copy')).catch(() => undefined))?.size)
  await clock.advance(objectMsMax)
  await failed
  assert.equal(clock.waiting, 0)
  objects.close()
})
