// What an operation file of SES v1 looks like. Most call the operation of v2 that does the same, so that both act on one set of rules.
import type * as sdk from '@aws-sdk/client-ses'
import type { OperationNameOf, OperationOf } from '../../operation.ts'

/** One SES v1 operation. */
export type V1Operation<N extends OperationNameOf<typeof sdk>> = OperationOf<typeof sdk, N>
