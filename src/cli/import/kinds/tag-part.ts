// Tags, which most kinds have. Those of AWS itself (`aws:`) cannot be set by anybody and stay behind.
import { TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-sesv2'
import type { Account, Parts } from '../kind.ts'

interface Tag {
  readonly Key: string
  readonly Value: string
}

/** The part: sorted by key. */
export function tagPart(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | null | undefined): Tag[] {
  return (tags ?? [])
    .map(({ Key = '', Value = '' }) => ({ Key, Value }))
    .filter(({ Key }) => !/^aws:/i.test(Key))
    .sort((a, b) => (a.Key < b.Key ? -1 : 1))
}

/** Makes the tags of `resource` (`template/hello`) those that are wanted. */
export async function writeTags(target: Account, resource: string, wanted: Parts, present: Parts): Promise<void> {
  const [tags, old] = [wanted.Tags as Tag[], (present.Tags ?? []) as Tag[]]
  const ResourceArn = target.arnBase + resource
  const TagKeys = old.filter(({ Key }) => !tags.some((tag) => tag.Key === Key)).map(({ Key }) => Key)
  if (TagKeys.length > 0) await target.client.send(new UntagResourceCommand({ ResourceArn, TagKeys }))
  if (tags.length > 0) await target.client.send(new TagResourceCommand({ ResourceArn, Tags: tags }))
}
