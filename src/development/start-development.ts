// Starts the far world of development mode: DNS, a far mail server and its inbox, all on loopback.
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { startDnsServer } from '../kit/dns-server.ts'
import { type FarServer, startFarServer } from './far-server.ts'
import { createInbox, type FarInbox } from './inbox.ts'
import { developmentZone, type PublishedRecord } from './zone.ts'

/** Short: a developer changes an identity and looks again. */
const ttlSeconds = 5

/** The running world. */
export interface Development {
  readonly inbox: FarInbox
  readonly far: FarServer
  /** `host:port` of the DNS server. */
  readonly dnsAddress: string
  close(): Promise<void>
}

/**
 * Starts it on free ports.
 * @param expectedRecords what the owner of an identity should publish; it looks as if it was.
 * @param ownRecord the TXT text of a name in our own zones; undefined when it is none of them.
 */
export async function startDevelopment(parts: {
  clock: Clock
  log: Log
  hostname: string
  tls: { cert: string; key: string }
  expectedRecords: (identityName: string) => Promise<readonly PublishedRecord[]>
  ownRecord: (name: string) => Promise<string | undefined>
}): Promise<Development> {
  const { clock, log, hostname, tls, expectedRecords, ownRecord } = parts
  const inbox = createInbox()
  const far = await startFarServer({ clock, log, host: '127.0.0.1', port: 0, inbox, name: `far.${hostname}`, tls })
  const dns = await startDnsServer({ host: '127.0.0.1', port: 0, log, ttlSeconds, answer: developmentZone({ expectedRecords, ownRecord, hostname }) }).catch(
    async (fault) => {
      await far.close()
      throw fault
    },
  )
  return {
    inbox,
    far,
    dnsAddress: dns.address,
    async close() {
      await dns.close()
      await far.close()
    },
  }
}
