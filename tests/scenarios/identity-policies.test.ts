// Sending-authorisation policies of identities, and sends that name the identity that authorises them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { letterTo, startWorld } from '../harness/world.ts'

const is = (name: string, message: string) => ({ name, message })
const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 'ses:SendEmail', Resource: '*' }] }
const arn = (name: string, account = '111122223333') => `arn:aws:ses:us-east-1:${account}:identity/${name}`

test('policies are kept without white space, shown with the identity and gone with it', async (t) => {
  const { ses } = await startWorld(t)
  const EmailIdentity = 'shop.test'
  const text = JSON.stringify(policy, null, 4)
  const create = (PolicyName: string, Policy = text) => ses.send(new sdk.CreateEmailIdentityPolicyCommand({ EmailIdentity, PolicyName, Policy }))
  const update = (PolicyName: string, Policy = text) => ses.send(new sdk.UpdateEmailIdentityPolicyCommand({ EmailIdentity, PolicyName, Policy }))
  const remove = (PolicyName: string) => ses.send(new sdk.DeleteEmailIdentityPolicyCommand({ EmailIdentity, PolicyName }))
  const list = async () => (await ses.send(new sdk.GetEmailIdentityPoliciesCommand({ EmailIdentity }))).Policies
  for (const call of [() => create('a'), () => update('a'), () => remove('a'), list])
    await assert.rejects(call, is('NotFoundException', 'Email identity <shop.test> does not exist.'))
  await ses.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity }))
  assert.deepEqual(await list(), {})
  await create('a')
  await assert.rejects(create('a'), is('AlreadyExistsException', 'Policy <a> already exists.'))
  await assert.rejects(
    create('a b'),
    is('BadRequestException', 'PolicyName is invalid. Policy names must only include alpha-numeric characters, dashes, and underscores.'),
  )
  await assert.rejects(create('b', '{'), is('BadRequestException', 'Policy is invalid: it is not JSON.'))
  await assert.rejects(update('b'), is('NotFoundException', 'Policy <b> does not exist.'))
  await assert.rejects(remove('b'), is('NotFoundException', 'Policy <b> does not exist.'))
  await update('a', JSON.stringify({ ...policy, Version: '2008-10-17' }, null, 1))
  assert.deepEqual(await list(), { a: JSON.stringify({ ...policy, Version: '2008-10-17' }) })
  // At once, so that the twentieth place is fought for.
  const outcomes = await Promise.allSettled(Array.from({ length: 22 }, (_, index) => create(`p${index}`)))
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []))
  assert.ok(refused.every(({ name }) => name === 'LimitExceededException' || name === 'ConflictException'))
  for (let index = 30; Object.keys((await list()) ?? {}).length < 20; index++) await create(`p${index}`)
  await assert.rejects(create('last'), is('LimitExceededException', 'Number of policies for <shop.test> exceeds max allowed number of policies per resource'))
  assert.equal(Object.keys((await ses.send(new sdk.GetEmailIdentityCommand({ EmailIdentity }))).Policies ?? {}).length, 20)
  await remove('a')
  assert.equal((await list())?.a, undefined)
  await ses.send(new sdk.DeleteEmailIdentityCommand({ EmailIdentity }))
  await ses.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity }))
  assert.deepEqual(await list(), {})
})

test('a send may name the identity that authorises it: one of this account that covers the address', async (t) => {
  const world = await startWorld(t)
  const { ses } = world
  await world.verifiedIdentity('shop.test')
  await world.verifiedIdentity('other.test')
  await ses.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'waits.nxdomain.test' }))
  const send = (more: Partial<sdk.SendEmailCommandInput>) => ses.send(new sdk.SendEmailCommand(letterTo('reader@far.test', more)))
  const sent = await send({ FromEmailAddressIdentityArn: arn('shop.test') })
  const [record] = (await world.records(sent.MessageId)) as { mail: { sourceArn: string } }[]
  assert.equal(record?.mail.sourceArn, arn('shop.test'))
  await assert.rejects(
    send({ FromEmailAddressIdentityArn: arn('other.test') }),
    is('BadRequestException', `The identity <${arn('other.test')}> does not cover the address <news@shop.test>.`),
  )
  // Another partition is another cloud, whatever region and account say.
  const elsewhere = arn('shop.test').replace('arn:aws:', 'arn:aws-cn:')
  await assert.rejects(send({ FromEmailAddressIdentityArn: elsewhere }), is('BadRequestException', `<${elsewhere}> is not the ARN of an identity.`))
  await assert.rejects(send({ FromEmailAddressIdentityArn: 'shop.test' }), is('BadRequestException', '<shop.test> is not the ARN of an identity.'))
  await assert.rejects(
    send({ FromEmailAddressIdentityArn: arn('shop.test', '444455556666') }),
    is(
      'AccessDeniedException',
      `User \`arn:aws:iam::111122223333:root' is not authorized to perform \`ses:SendEmail' on resource \`${arn('shop.test', '444455556666')}'`,
    ),
  )
  for (const name of ['nobody.test', 'waits.nxdomain.test'])
    await assert.rejects(send({ FromEmailAddress: `a@${name}`, FromEmailAddressIdentityArn: arn(name) }), (fault: Error) => fault.name === 'MessageRejected')
  await assert.rejects(
    send({ FeedbackForwardingEmailAddress: 'bounces@shop.test', FeedbackForwardingEmailAddressIdentityArn: arn('other.test') }),
    (fault: Error) => fault.name === 'BadRequestException',
  )
  // The same words in a header of raw content.
  const raw = (header: string) =>
    ses.send(
      new sdk.SendEmailCommand({
        Content: { Raw: { Data: Buffer.from(`From: news@shop.test\r\nTo: reader@far.test\r\nSubject: Hi\r\n${header}\r\n\r\nHello\r\n`) } },
      }),
    )
  assert.ok((await raw(`X-SES-FROM-ARN: ${arn('shop.test')}`)).MessageId)
  await assert.rejects(raw(`X-SES-SOURCE-ARN: ${arn('other.test')}`), (fault: Error) => fault.name === 'BadRequestException')
})
