// ListTagsForResource.
import { isRefusal } from '../../../../model/refusal.ts'
import { findTagged } from '../../../../resources/taggable-resource.ts'
import type { Operation } from '../../../operation.ts'
import { wireTags } from '../tenants/tenant-wire.ts'

export const listTagsForResource: Operation<'ListTagsForResource'> = async (input, _call, { store, home }) => {
  const tagged = await findTagged(store, home, input.ResourceArn, 'list tags of')
  if (isRefusal(tagged)) return tagged
  const tags = wireTags(tagged.stored.value.tags)
  return { Tags: tagged.sorted ? tags.sort((one, other) => ((one.Key ?? '') < (other.Key ?? '') ? -1 : 1)) : tags }
}
