// A configuration set without delivery options says nothing about them, in v2 and in v1: Terraform would see a difference for ever.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v1 from '@aws-sdk/client-ses'
import * as v2 from '@aws-sdk/client-sesv2'
import { credentials, home, startHttpDoor } from '../harness/http-door.ts'

test('delivery options are there only when one is set', async (t) => {
  const { client, endpoint } = await startHttpDoor(t)
  const old = new v1.SESClient({ endpoint, region: home.region, credentials, maxAttempts: 1 })
  t.after(() => old.destroy())
  const set = { ConfigurationSetName: 'main' }
  await client.send(new v2.CreateConfigurationSetCommand({ ...set, DeliveryOptions: {} }))
  const both = async () => [
    (await client.send(new v2.GetConfigurationSetCommand(set))).DeliveryOptions,
    (await old.send(new v1.DescribeConfigurationSetCommand({ ...set, ConfigurationSetAttributeNames: ['deliveryOptions'] }))).DeliveryOptions,
  ]
  assert.deepEqual(await both(), [undefined, undefined])
  await client.send(new v2.PutConfigurationSetDeliveryOptionsCommand({ ...set, TlsPolicy: 'REQUIRE' }))
  assert.deepEqual(await both(), [{ TlsPolicy: 'REQUIRE' }, { TlsPolicy: 'Require' }])
})
