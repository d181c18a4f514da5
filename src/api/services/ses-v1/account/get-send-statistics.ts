// GetSendStatistics: points of fifteen minutes, two weeks back, of the whole account. They are counted already; what is new is counted first.
import { pointSpanMs, readSendPoints } from '../../../../ledger/send-points.ts'
import type { V1Operation } from '../operation.ts'

export const getSendStatistics: V1Operation<'GetSendStatistics'> = async (_input, _call, { store, clock, countEvents }) => {
  await countEvents()
  const points = await readSendPoints(store, clock.now() - pointSpanMs)
  return {
    SendDataPoints: points.map(({ at, deliveryAttempts, bounces, complaints, rejects }) => ({
      Timestamp: new Date(at),
      DeliveryAttempts: deliveryAttempts,
      Bounces: bounces,
      Complaints: complaints,
      Rejects: rejects,
    })),
  }
}
