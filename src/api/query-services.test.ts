// Registries against the clients: every operation is offered or refused with a reason, none is both.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sesSdk from '@aws-sdk/client-ses'
import * as stsSdk from '@aws-sdk/client-sts'
import { createQueryServices } from './query-services.ts'

test('every operation of both clients is offered or listed as not offered', () => {
  const clients: Record<string, object> = { ses: sesSdk, sts: stsSdk }
  const services = createQueryServices()
  assert.deepEqual(
    services.map(({ scope }) => scope),
    Object.keys(clients),
  )
  for (const { scope, operations, offered, notOffered } of services) {
    const names = Object.keys(clients[scope] ?? {}).flatMap((name) =>
      name !== '$Command' && name.endsWith('Command') ? [name.slice(0, -'Command'.length)] : [],
    )
    assert.deepEqual([...operations.keys()].sort(), names.sort(), scope)
    assert.deepEqual([...offered.keys(), ...notOffered.keys()].sort(), names, scope)
    assert.deepEqual([...notOffered.keys()], [...notOffered.keys()].sort(), scope)
  }
})
