// GetIdentityNotificationAttributes. Topics of an identity are not offered, so that none ever stands here; events come by configuration sets.
import { isRefusal } from '../../../../model/refusal.ts'
import type { V1Operation } from '../operation.ts'
import { readIdentities } from './read-identities.ts'

export const getIdentityNotificationAttributes: V1Operation<'GetIdentityNotificationAttributes'> = async (input, _call, { store }) => {
  const attributes = await readIdentities(store, input.Identities, ({ feedbackForwarding }) => ({
    BounceTopic: undefined,
    ComplaintTopic: undefined,
    DeliveryTopic: undefined,
    ForwardingEnabled: feedbackForwarding,
    HeadersInBounceNotificationsEnabled: false,
    HeadersInComplaintNotificationsEnabled: false,
    HeadersInDeliveryNotificationsEnabled: false,
  }))
  return isRefusal(attributes) ? attributes : { NotificationAttributes: attributes }
}
