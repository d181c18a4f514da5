// Which addresses belong to the mailbox simulator, and which of its mailboxes they mean.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatorMailbox } from './simulator.ts'

const rows: [string, ReturnType<typeof simulatorMailbox>][] = [
  ['success@simulator.amazonses.com', 'success'],
  ['Bounce@simulator.amazonses.com', 'bounce'],
  ['ooto+label@simulator.amazonses.com', 'ooto'],
  ['complaint+a+b@simulator.mail.test', 'complaint'],
  ['suppressionlist@simulator.mail.test', 'suppressionlist'],
  // Only `+` separates; what the simulator does not have is an unknown mailbox.
  ['success-label@simulator.amazonses.com', 'bounce'],
  ['postmaster@simulator.mail.test', 'bounce'],
  ['"success"@simulator.mail.test', 'bounce'],
  ['success@amazonses.com', undefined],
  ['success@eu.simulator.amazonses.com', undefined],
  ['success@simulator.other.test', undefined],
  ['"@simulator.amazonses.com"@far.test', undefined],
]

test('simulator addresses are known by their domain and local part', () => {
  for (const [address, mailbox] of rows) assert.equal(simulatorMailbox(address, 'mail.test'), mailbox, address)
})
