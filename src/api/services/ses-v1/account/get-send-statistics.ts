// GetSendStatistics: points of fifteen minutes, two weeks back, of the whole account.
import { sendStatistics } from '../../../../ledger/send-statistics.ts'
import type { V1Operation } from '../operation.ts'

export const getSendStatistics: V1Operation<'GetSendStatistics'> = async (_input, _call, { store, clock }) => {
  const points = await sendStatistics(store, clock.now())
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
