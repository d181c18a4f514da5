// Delivery with what recipient domains publish about transport: a DNS server with a table, an HTTPS host for policies and reports, far servers on
// loopback addresses of their own with certificates of a test authority.
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { DeliverySettings } from '../../src/delivery/deliver-due.ts'
import { openDial } from '../../src/kit/dial.ts'
import { type Dns, openDns } from '../../src/kit/dns.ts'
import { type DnsRecord, startDnsServer } from '../../src/kit/dns-server.ts'
import { silentLog } from '../../src/kit/log.ts'
import { type DeliveryWorld, type Far, type FarScript, startDeliveryWorld, startFar } from '../scenarios/delivery-world.ts'
import { freePort } from './free-port.ts'
import { createTestAuthority, type TestAuthority, type TestCertificate } from './test-authority.ts'

/** One answer of the HTTPS host; the usual one is 200 text/plain. */
export interface HostedFile {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text: string
}

/** What the HTTPS host was asked. */
export interface HostedRequest {
  readonly method: string
  /** Host name and path. */
  readonly place: string
  readonly contentType: string
  readonly body: Buffer
}

export interface TransportWorld extends DeliveryWorld {
  readonly authority: TestAuthority
  /** What a second start of the road on the same store takes. */
  readonly settings: Partial<DeliverySettings>
  /** Records by `TYPE name`; a name without any does not exist. */
  readonly zone: Map<string, DnsRecord[]>
  /** Files by host name and path. */
  readonly files: Map<string, HostedFile>
  readonly requests: HostedRequest[]
  /** MX, in order of preference. */
  mx(domain: string, ...hosts: string[]): void
  /** An MTA-STS record and its policy. */
  policy(domain: string, id: string, ...lines: string[]): void
  txt(name: string, ...texts: string[]): void
  /** A far server at an address of its own that `name` points to. */
  far(name: string, script?: FarScript): Promise<Far>
}

/** Starts it; `policyCertificate` makes the certificate of the HTTPS host. @param dns takes the place of the table's. */
export async function startTransportWorld(
  t: TestContext,
  options: Partial<DeliverySettings> & {
    policyHosts: readonly string[]
    policyCertificate?: (authority: TestAuthority) => TestCertificate
    sendReport?: NonNullable<DeliverySettings['transport']>['sendReport']
    resolver?: Dns
    authority?: TestAuthority
  },
): Promise<TransportWorld> {
  const { policyHosts, policyCertificate, sendReport, resolver, ...rest } = options
  const authority = options.authority ?? createTestAuthority(t)
  const zone = new Map<string, DnsRecord[]>()
  const files = new Map<string, HostedFile>()
  const requests: HostedRequest[] = []
  const names = new Set<string>()
  const dnsServer = await startDnsServer({
    ...{ host: '127.0.0.1', port: 0, log: silentLog, ttlSeconds: 0 },
    answer({ name, type }) {
      const records = zone.get(`${type} ${name}`)
      return records || names.has(name) ? { code: 'NOERROR', records: records ?? [] } : { code: 'NXDOMAIN' }
    },
  })
  const put = (type: string, name: string, records: DnsRecord[]) => {
    names.add(name)
    zone.set(`${type} ${name}`, records)
  }
  const { cert, key } = policyCertificate?.(authority) ?? authority.issue(policyHosts)
  const https = createServer({ cert, key }, (request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const place = `${(request.headers.host ?? '').split(':')[0]}${request.url}`
      requests.push({ method: request.method ?? '', place, contentType: request.headers['content-type'] ?? '', body: Buffer.concat(pieces) })
      const file = files.get(place)
      response.writeHead(file?.status ?? (file ? 200 : 404), { 'content-type': 'text/plain', connection: 'close', ...file?.headers })
      response.end(file?.text ?? '')
    })
  })
  https.on('tlsClientError', () => {})
  https.listen(0, '127.0.0.1')
  await once(https, 'listening')
  for (const host of policyHosts) put('A', host, [{ name: host, type: 'A', data: '127.0.0.1' }])
  // All far servers listen on one port, like port 25.
  const port = rest.remotePort ?? (await freePort())
  const settings: Partial<DeliverySettings> = {
    dns: resolver ?? openDns([dnsServer.address]),
    dial: openDial([authority.root]),
    allowPrivate: true,
    remotePort: port,
    transport: {
      allowed: { has: (address) => address.startsWith('127.') },
      trust: [authority.root],
      policyPort: (https.address() as AddressInfo).port,
      sendReport,
    },
    ...rest,
  }
  const world = await startDeliveryWorld(t, settings)
  world.cleanUp(() => closeServer(https))
  world.cleanUp(() => dnsServer.close())
  let farCount = 0
  return {
    ...world,
    ...{ authority, settings, zone, files, requests },
    mx(domain, ...hosts) {
      put(
        'MX',
        domain,
        hosts.map((exchange, index) => ({ name: domain, type: 'MX', preference: (index + 1) * 10, exchange })),
      )
    },
    policy(domain, id, ...lines) {
      put('TXT', `_mta-sts.${domain}`, [{ name: `_mta-sts.${domain}`, type: 'TXT', data: `v=STSv1; id=${id};` }])
      files.set(`mta-sts.${domain}/.well-known/mta-sts.txt`, { text: ['version: STSv1', ...lines, 'max_age: 604800', ''].join('\r\n') })
    },
    txt: (name, ...texts) =>
      put(
        'TXT',
        name,
        texts.map((data) => ({ name, type: 'TXT', data })),
      ),
    async far(name, script = {}) {
      const host = `127.0.1.${++farCount}`
      const far = await startFar(script, { host, port })
      put('A', name, [{ name, type: 'A', data: host }])
      world.cleanUp(() => far.close())
      return far
    },
  }
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
