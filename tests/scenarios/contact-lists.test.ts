// Contact lists and contacts through the real SDK and the real engine; texts and order of checks are those of ses.md §7.3.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { contactKey, contactLists, contacts } from '../../src/resources/contact-lists.ts'
import { deleteContactListRecord, finishContactListDeletions } from '../../src/resources/delete-contact-list.ts'
import { isRefusal } from '../../src/model/refusal.ts'
import { startHttpDoor } from '../harness/http-door.ts'

type Fault = Error & { $metadata: { httpStatusCode?: number } }
const faultOf = async (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'no fault',
    (fault: Fault) => `${fault.$metadata.httpStatusCode} ${fault.name}: ${fault.message}`,
  )

const topic = (TopicName: string, DefaultSubscriptionStatus: sdk.SubscriptionStatus = 'OPT_IN', more: Partial<sdk.Topic> = {}): sdk.Topic => ({
  TopicName,
  DisplayName: TopicName,
  DefaultSubscriptionStatus,
  ...more,
})
const list = { ContactListName: 'shop' }
const says = (TopicName: string, SubscriptionStatus: sdk.SubscriptionStatus) => ({ TopicName, SubscriptionStatus })

test('a list is created, read, updated, tagged and deleted; the account has one place', async (t) => {
  const { client } = await startHttpDoor(t)
  await client.send(
    new sdk.CreateContactListCommand({
      ...list,
      Description: 'All of them',
      Topics: [topic('news'), topic('offers', 'OPT_OUT', { Description: 'Cheap' })],
      Tags: [{ Key: 'a', Value: '1' }],
    }),
  )
  const full = '400 BadRequestException: A maximum of 1 Lists allowed per account.'
  assert.equal(await faultOf(client.send(new sdk.CreateContactListCommand(list))), full)
  assert.equal(await faultOf(client.send(new sdk.CreateContactListCommand({ ContactListName: 'other' }))), full)
  const get = () => client.send(new sdk.GetContactListCommand(list))
  const made = await get()
  assert.deepEqual(
    [made.ContactListName, made.Description, made.Topics, made.Tags],
    ['shop', 'All of them', [topic('news'), topic('offers', 'OPT_OUT', { Description: 'Cheap' })], [{ Key: 'a', Value: '1' }]],
  )
  const ResourceArn = 'arn:aws:ses:us-east-1:111122223333:contact-list/shop'
  await client.send(new sdk.TagResourceCommand({ ResourceArn, Tags: [{ Key: 'b', Value: '2' }] }))
  await client.send(new sdk.UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }))
  assert.deepEqual((await client.send(new sdk.ListTagsForResourceCommand({ ResourceArn }))).Tags, [{ Key: 'b', Value: '2' }])

  await client.send(new sdk.UpdateContactListCommand({ ...list, Topics: [topic('news', 'OPT_OUT')] }))
  const changed = await get()
  assert.deepEqual([changed.Description, changed.Topics], ['All of them', [topic('news', 'OPT_OUT')]])
  await client.send(new sdk.UpdateContactListCommand({ ...list, Topics: [], Description: '' }))
  assert.deepEqual([(await get()).Description, (await get()).Topics], ['', []])
  const { ContactLists: [only] = [] } = await client.send(new sdk.ListContactListsCommand({}))
  assert.equal(only?.ContactListName, 'shop')
  await client.send(new sdk.DeleteContactListCommand(list))
  assert.equal(await faultOf(get()), "404 NotFoundException: List with name: shop doesn't exist.")
  assert.deepEqual((await client.send(new sdk.ListContactListsCommand({}))).ContactLists, [])
  assert.equal(await faultOf(client.send(new sdk.CreateContactListCommand({ ContactListName: 'other' }))), 'no fault')
})

test('a contact keeps its preferences; an update merges them and replaces the rest', async (t) => {
  const { client } = await startHttpDoor(t)
  await client.send(new sdk.CreateContactListCommand({ ...list, Topics: [topic('news'), topic('offers', 'OPT_OUT'), topic('tips')] }))
  const ann = { ...list, EmailAddress: 'Ann@far.test' }
  const get = () => client.send(new sdk.GetContactCommand(ann))
  await client.send(
    new sdk.CreateContactCommand({ ...ann, EmailAddress: 'Ann@FAR.test', TopicPreferences: [says('offers', 'OPT_IN')], AttributesData: '{"n":1}' }),
  )
  const made = await get()
  assert.deepEqual(
    [made.EmailAddress, made.TopicPreferences, made.TopicDefaultPreferences, made.UnsubscribeAll, made.AttributesData],
    ['Ann@far.test', [says('offers', 'OPT_IN')], [says('news', 'OPT_IN'), says('tips', 'OPT_IN')], false, '{"n":1}'],
  )
  assert.equal(made.CreatedTimestamp?.getTime(), made.LastUpdatedTimestamp?.getTime())
  await client.send(new sdk.UpdateContactCommand({ ...ann, TopicPreferences: [says('tips', 'OPT_OUT')], UnsubscribeAll: true }))
  const changed = await get()
  assert.deepEqual(
    [changed.TopicPreferences, changed.UnsubscribeAll, changed.AttributesData],
    [[says('offers', 'OPT_IN'), says('tips', 'OPT_OUT')], true, undefined],
  )
  await client.send(new sdk.UpdateContactCommand(ann))
  assert.deepEqual([(await get()).UnsubscribeAll, (await get()).TopicPreferences?.length], [false, 2])
  // What was said about a topic that left the list is not shown.
  await client.send(new sdk.UpdateContactListCommand({ ...list, Topics: [topic('news'), topic('tips')] }))
  assert.deepEqual((await get()).TopicPreferences, [says('tips', 'OPT_OUT')])
  const remove = () => client.send(new sdk.DeleteContactCommand(ann))
  await remove()
  assert.equal(await faultOf(remove()), "404 NotFoundException: Ann@far.test doesn't exist in List.")
})

test('contacts are listed in pages and by what they said', async (t) => {
  const { client } = await startHttpDoor(t)
  await client.send(new sdk.CreateContactListCommand({ ...list, Topics: [topic('news'), topic('offers', 'OPT_OUT')] }))
  const people: Record<string, Partial<sdk.CreateContactCommandInput>> = {
    a: {},
    b: { TopicPreferences: [says('news', 'OPT_OUT')] },
    c: { TopicPreferences: [says('news', 'OPT_IN'), says('offers', 'OPT_IN')] },
    d: { UnsubscribeAll: true, TopicPreferences: [says('news', 'OPT_IN')] },
  }
  for (const [name, more] of Object.entries(people)) await client.send(new sdk.CreateContactCommand({ ...list, EmailAddress: `${name}@far.test`, ...more }))
  const names = async (Filter?: sdk.ListContactsFilter) =>
    ((await client.send(new sdk.ListContactsCommand({ ...list, Filter }))).Contacts ?? []).map(({ EmailAddress }) => EmailAddress?.[0]).join('')
  const about = (TopicName: string, UseDefaultIfPreferenceUnavailable = false) => ({ TopicFilter: { TopicName, UseDefaultIfPreferenceUnavailable } })
  assert.equal(await names(), 'abcd')
  assert.equal(await names({ FilteredStatus: 'OPT_IN' }), 'abc')
  assert.equal(await names({ FilteredStatus: 'OPT_OUT' }), 'd')
  assert.equal(await names({ FilteredStatus: 'OPT_IN', ...about('news') }), 'c')
  assert.equal(await names({ FilteredStatus: 'OPT_IN', ...about('news', true) }), 'ac')
  assert.equal(await names({ FilteredStatus: 'OPT_OUT', ...about('news') }), 'bd')
  assert.equal(await names({ FilteredStatus: 'OPT_OUT', ...about('offers', true) }), 'abd')
  assert.equal(await names(about('news')), 'bcd')

  const first = await client.send(new sdk.ListContactsCommand({ ...list, PageSize: 3 }))
  await client.send(new sdk.CreateContactCommand({ ...list, EmailAddress: 'aa@far.test' }))
  const second = await client.send(new sdk.ListContactsCommand({ ...list, PageSize: 3, NextToken: first.NextToken }))
  assert.deepEqual([second.Contacts?.map(({ EmailAddress }) => EmailAddress), second.NextToken], [['d@far.test'], undefined])
  assert.equal(
    await faultOf(client.send(new sdk.ListContactsCommand({ ...list, NextToken: first.NextToken, Filter: { FilteredStatus: 'OPT_IN' } }))),
    `400 BadRequestException: Invalid NextToken <${first.NextToken}>.`,
  )
})

test('refusals have the words and the order of SES', async (t) => {
  const { client } = await startHttpDoor(t)
  await client.send(new sdk.CreateContactListCommand({ ...list, Topics: [topic('news')] }))
  await client.send(new sdk.CreateContactCommand({ ...list, EmailAddress: 'ann@far.test' }))
  const none = undefined as unknown as string
  const bad = (text: string) => `400 BadRequestException: ${text}`
  const one = (member: string, must: string) => bad(`1 validation error detected: Value at '${member}' failed to satisfy constraint: ${must}`)
  const charset = (member: string) => bad(`${member} can contain up to 64 characters. Only alphanumeric characters, underscores(_) and hyphens(-) are allowed.`)
  const make = (input: Partial<sdk.CreateContactListCommandInput>) => client.send(new sdk.UpdateContactListCommand({ ...list, ...input }))
  const contact = (input: Partial<sdk.CreateContactCommandInput>) =>
    client.send(new sdk.CreateContactCommand({ ...list, EmailAddress: 'bob@far.test', ...input }))
  const enumText = 'Member must satisfy enum value set: [OPT_OUT, OPT_IN]'
  const table: [Promise<unknown>, string][] = [
    [client.send(new sdk.CreateContactListCommand({ ContactListName: none })), one('contactListName', 'Member must not be null')],
    [client.send(new sdk.CreateContactListCommand({ ContactListName: ' ' })), bad("ContactListName can't be blank.")],
    [client.send(new sdk.CreateContactListCommand({ ContactListName: 'a b' })), charset('ContactListName')],
    [client.send(new sdk.CreateContactListCommand({ ContactListName: 'a'.repeat(65) })), charset('ContactListName')],
    // Faults of form come first, whatever else is wrong.
    [make({ ContactListName: 'a b', Topics: [topic('x', 'X' as 'OPT_IN')] }), one('topics.1.member.defaultSubscriptionStatus', enumText)],
    [make({ Topics: [topic('ok'), { ...topic('x'), DisplayName: none }] }), one('topics.2.member.displayName', 'Member must not be null')],
    [make({ Topics: [topic('')] }), bad("TopicName can't be blank.")],
    [make({ Topics: [topic('a.b')] }), charset('TopicName')],
    [make({ Topics: [topic('x'), topic('x')] }), bad('Duplicate topic names are not allowed within a List.')],
    [make({ Topics: Array.from({ length: 21 }, (_, i) => topic(`t${i}`)) }), bad('Maximum of <20> topics allowed per ContactList')],
    [make({ Topics: [topic('x', 'OPT_IN', { DisplayName: 'd'.repeat(129) })] }), bad('Topic DisplayName can contain up to <128> characters.')],
    [make({ Description: 'd'.repeat(501) }), bad('List description can contain up to 500 characters.')],
    [make({ ContactListName: 'nope' }), "404 NotFoundException: List with name: nope doesn't exist."],
    [client.send(new sdk.GetContactListCommand({ ContactListName: 'a b' })), charset('ContactListName')],
    [client.send(new sdk.DeleteContactListCommand({ ContactListName: 'nope' })), "404 NotFoundException: List with name: nope doesn't exist."],
    [contact({ EmailAddress: none }), one('emailAddress', 'Member must not be null')],
    [contact({ EmailAddress: '' }), bad("EmailAddress can't be blank.")],
    [contact({ EmailAddress: 'nobody', ContactListName: 'nope' }), bad('EmailAddress <nobody> is invalid')],
    [contact({ ContactListName: 'nope', TopicPreferences: [says('x', 'OPT_IN')] }), "404 NotFoundException: List with name: nope doesn't exist."],
    [contact({ EmailAddress: '', TopicPreferences: [says('news', 'X' as 'OPT_IN')] }), one('topicPreferences.1.member.subscriptionStatus', enumText)],
    [contact({ TopicPreferences: [says('x', 'OPT_IN')] }), bad("List: shop doesn't contain Topic: x")],
    [contact({ EmailAddress: 'ann@FAR.test' }), '400 AlreadyExistsException: ann@far.test already exists in List.'],
    [client.send(new sdk.GetContactCommand({ ...list, EmailAddress: 'bob@far.test' })), "404 NotFoundException: bob@far.test doesn't exist in List."],
    [client.send(new sdk.UpdateContactCommand({ ...list, EmailAddress: 'bob@far.test' })), "404 NotFoundException: bob@far.test doesn't exist in List."],
    [client.send(new sdk.ListContactsCommand({ ContactListName: 'nope' })), "404 NotFoundException: List with name: nope doesn't exist."],
    [client.send(new sdk.ListContactsCommand({ ...list, Filter: { TopicFilter: { TopicName: 'x' } } })), bad("List: shop doesn't contain Topic: x")],
    [client.send(new sdk.ListContactsCommand({ ...list, PageSize: 1_001 })), bad('The page size must be between 1 and 1000')],
  ]
  assert.deepEqual(
    await Promise.all(table.map(([answer]) => faultOf(answer))),
    table.map(([, wanted]) => wanted),
  )
})

test('of lists and contacts that are created at once exactly one wins', async (t) => {
  const { client } = await startHttpDoor(t)
  const made = await Promise.all(Array.from({ length: 8 }, (_, i) => faultOf(client.send(new sdk.CreateContactListCommand({ ContactListName: `l${i}` })))))
  assert.equal(made.filter((result) => result === 'no fault').length, 1)
  const ContactListName = `l${made.indexOf('no fault')}`
  const ann = { ContactListName, EmailAddress: 'ann@far.test' }
  const joined = await Promise.all(Array.from({ length: 8 }, () => faultOf(client.send(new sdk.CreateContactCommand(ann)))))
  assert.equal(joined.filter((result) => result === 'no fault').length, 1)
  assert.equal(joined.filter((result) => result.startsWith('400 AlreadyExistsException')).length, 7)
})

test('deleting a list takes every contact along, however many, and a crash in between is made good', async (t) => {
  const { client, store } = await startHttpDoor(t)
  const fill = async (count: number) => {
    await client.send(new sdk.CreateContactListCommand(list))
    const id = (await store.get(contactLists, 'shop'))?.value.id ?? ''
    for (let from = 0; from < count; from += 200)
      await store.commit(
        Array.from(
          { length: 200 },
          (_, i) => ({ type: 'put', collection: contacts, key: contactKey(id, `a${from + i}@far.test`), value: { address: '' } }) as const,
        ),
      )
  }
  await fill(600)
  await client.send(new sdk.DeleteContactListCommand(list))
  assert.equal((await store.list(contacts, { limit: 1 })).length, 0)

  await fill(400)
  const decision = await deleteContactListRecord(store, 'shop')
  assert.ok(!isRefusal(decision) && (await store.commit(decision.changes)).committed)
  // The process ends here. The name can be taken again, and the new list is empty.
  await client.send(new sdk.CreateContactListCommand(list))
  assert.deepEqual((await client.send(new sdk.ListContactsCommand(list))).Contacts, [])
  await finishContactListDeletions(store)
  assert.equal((await store.list(contacts, { limit: 1 })).length, 0)
  assert.equal(await faultOf(client.send(new sdk.GetContactListCommand(list))), 'no fault')
})
