// An ARN of another partition names nothing of ours, whichever operation it comes to.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { home, startHttpDoor } from '../harness/http-door.ts'

test('arn:aws-cn and arn:aws-us-gov are not ours', async (t) => {
  const { client } = await startHttpDoor(t)
  await client.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'acme.test' }))
  const { TenantArn = '' } = await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme' }))
  const ours = (type: string, name: string) => `arn:aws:ses:${home.region}:${home.accountId}:${type}/${name}`
  const template = { Content: { Template: { TemplateArn: ours('template', 'hello'), TemplateData: '{}' } } }
  const calls: [string, (spell: (arn: string) => string) => Promise<unknown>][] = [
    [
      'an association',
      (spell) => client.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn: spell(ours('identity', 'acme.test')) })),
    ],
    ['tags of an identity', (spell) => client.send(new sdk.ListTagsForResourceCommand({ ResourceArn: spell(ours('identity', 'acme.test')) }))],
    ['tags of a tenant', (spell) => client.send(new sdk.ListTagsForResourceCommand({ ResourceArn: spell(TenantArn) }))],
    [
      'a reputation entity',
      (spell) => client.send(new sdk.GetReputationEntityCommand({ ReputationEntityType: 'RESOURCE', ReputationEntityReference: spell(TenantArn) })),
    ],
    [
      'a template',
      (spell) =>
        client.send(
          new sdk.SendEmailCommand({
            ...{ FromEmailAddress: 'a@acme.test', Destination: { ToAddresses: ['b@far.test'] } },
            Content: { Template: { ...template.Content.Template, TemplateArn: spell(template.Content.Template.TemplateArn) } },
          }),
        ),
    ],
  ]
  for (const [what, call] of calls) {
    for (const partition of ['aws-cn', 'aws-us-gov'])
      await assert.rejects(
        call((arn) => arn.replace('arn:aws:', `arn:${partition}:`)),
        { name: 'BadRequestException' },
        `${what} of ${partition}`,
      )
    await call((arn) => arn)
  }
})
