// Dedicated IP pools by name. The addresses stay where they are: they belong to the machine they are routed to.
import {
  CreateDedicatedIpPoolCommand,
  GetDedicatedIpPoolCommand,
  ListDedicatedIpPoolsCommand,
  PutDedicatedIpPoolScalingAttributesCommand,
  type ScalingMode,
} from '@aws-sdk/client-sesv2'
import { type Kind, pagesOf, unlessAbsent } from '../kind.ts'

const everywhere = ['ses-default-dedicated-pool', 'ses-shared-pool']

export const pools: Kind = {
  name: 'pools',
  entries: ({ client }) =>
    pagesOf(
      (token) => client.send(new ListDedicatedIpPoolsCommand(token)),
      ({ DedicatedIpPools = [] }) => DedicatedIpPools.filter((name) => !everywhere.includes(name)).map((key) => ({ key })),
    ),
  async read({ client }, key) {
    const answer = await unlessAbsent(client.send(new GetDedicatedIpPoolCommand({ PoolName: key })))
    return answer && { parts: { ScalingMode: answer.DedicatedIpPool?.ScalingMode ?? 'STANDARD' }, notes: ['the addresses of a pool stay with the source'] }
  },
  create: ({ client }, key, wanted) => client.send(new CreateDedicatedIpPoolCommand({ PoolName: key, ScalingMode: wanted.ScalingMode as ScalingMode })),
  write: ({ client }, key, _part, wanted) =>
    client.send(new PutDedicatedIpPoolScalingAttributesCommand({ PoolName: key, ScalingMode: wanted.ScalingMode as ScalingMode })),
}
