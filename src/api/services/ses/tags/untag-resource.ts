// UntagResource; a key that is not there is no fault.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { findTagged } from '../../../../resources/taggable-resource.ts'
import type { Operation } from '../../../operation.ts'

export const untagResource: Operation<'UntagResource'> = async (input, _call, { store, home }) => {
  const keys = new Set(input.TagKeys ?? [])
  const refusal = await commitDecision(store, async () => {
    const tagged = await findTagged(store, home, input.ResourceArn, 'untag')
    if (isRefusal(tagged)) return tagged
    const { collection, stored } = tagged
    const tags = stored.value.tags.filter(({ key }) => !keys.has(key))
    return { answer: undefined, changes: [{ type: 'put', collection, key: stored.key, value: { ...stored.value, tags }, expect: stored.version }] }
  })
  return isRefusal(refusal) ? refusal : {}
}
