// ListConfigurationSets, by name.
import { isRefusal } from '../../../../model/refusal.ts'
import { listConfigurationSets as list } from '../../ses/configuration-sets/list-configuration-sets.ts'
import type { V1Operation } from '../operation.ts'
import { v1PageSizeMax } from '../v1-page.ts'

export const listConfigurationSets: V1Operation<'ListConfigurationSets'> = async (input, call, parts) => {
  const page = await list({ PageSize: input.MaxItems ?? v1PageSizeMax, NextToken: input.NextToken }, call, parts)
  if (isRefusal(page)) return page
  return { ConfigurationSets: (page.ConfigurationSets ?? []).map((Name) => ({ Name })), NextToken: page.NextToken ?? undefined }
}
