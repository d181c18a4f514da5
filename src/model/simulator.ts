// The mailbox simulator: addresses that show every end of a message without any mail leaving the machine (ses.md §7.4).
// They count neither for quotas nor for reputation.

/** What a simulator address shows. */
export type SimulatorMailbox = 'success' | 'bounce' | 'ooto' | 'complaint' | 'suppressionlist'

const sesDomain = 'simulator.amazonses.com'
const mailboxes: readonly string[] = ['success', 'ooto', 'complaint', 'suppressionlist'] satisfies SimulatorMailbox[]

/**
 * The mailbox behind an envelope recipient; undefined for an address outside the simulator. `+label` is passed over; a local part that
 * the simulator does not have bounces, as one that no server has.
 * @param hostname our own name, lower case: `simulator.<hostname>` is the same simulator.
 */
export function simulatorMailbox(recipient: string, hostname: string): SimulatorMailbox | undefined {
  const at = recipient.lastIndexOf('@')
  const domain = recipient.slice(at + 1)
  if (domain !== sesDomain && domain !== `simulator.${hostname}`) return undefined
  const local = recipient.slice(0, at).split('+')[0]?.toLowerCase() ?? ''
  return mailboxes.includes(local) ? (local as SimulatorMailbox) : 'bounce'
}
