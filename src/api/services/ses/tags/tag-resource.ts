// TagResource.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { findTagged } from '../../../../resources/taggable-resource.ts'
import { judgeTags, mergeTags } from '../../../../resources/tags.ts'
import type { Operation } from '../../../operation.ts'
import { readTags } from '../tenants/tenant-wire.ts'

export const tagResource: Operation<'TagResource'> = async (input, _call, { store, home }) => {
  const added = readTags(input.Tags)
  const refusal = await commitDecision(store, async () => {
    const tagged = await findTagged(store, home, input.ResourceArn, 'tag')
    if (isRefusal(tagged)) return tagged
    const { collection, stored } = tagged
    const tags = judgeTags(added) ?? mergeTags(stored.value.tags, added)
    if (isRefusal(tags)) return tags
    return { answer: undefined, changes: [{ type: 'put', collection, key: stored.key, value: { ...stored.value, tags }, expect: stored.version }] }
  })
  return isRefusal(refusal) ? refusal : {}
}
