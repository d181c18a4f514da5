// A DNS server in front of another one: what a test overrides is answered here, the rest is asked there.
import { Resolver } from 'node:dns/promises'
import { type DnsRecord, type DnsReply, type DnsServer, startDnsServer } from '../../src/kit/dns-server.ts'
import { silentLog } from '../../src/kit/log.ts'

/** The front; `address` is what resolvers use. */
export interface DnsFront {
  readonly address: string
  /** Answers `reply` for `name` and `type` from now on; undefined takes the override away. */
  override(name: string, type: string, reply: DnsReply | undefined): void
  /** Where everything else is asked: `host:port`. */
  forwardTo(address: string): void
  close(): Promise<void>
}

/** Starts the front on a free loopback port. */
export async function startDnsFront(): Promise<DnsFront> {
  const overrides = new Map<string, DnsReply>()
  const resolver = new Resolver({ timeout: 2_000, tries: 1 })
  let ready = false
  const server: DnsServer = await startDnsServer({
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
    ttlSeconds: 5,
    answer: ({ name, type }) => overrides.get(`${type} ${name}`) ?? (ready ? forward(resolver, name, type) : { code: 'SERVFAIL' }),
  })
  return {
    address: server.address,
    override(name, type, reply) {
      if (reply) overrides.set(`${type} ${name}`, reply)
      else overrides.delete(`${type} ${name}`)
    },
    forwardTo(address) {
      resolver.setServers([address])
      ready = true
    },
    async close() {
      resolver.cancel()
      await server.close()
    },
  }
}

async function forward(resolver: Resolver, name: string, type: string): Promise<DnsReply> {
  try {
    return { code: 'NOERROR', records: await look(resolver, name, type) }
  } catch (fault) {
    const { code } = fault as NodeJS.ErrnoException
    if (code === 'ENODATA') return { code: 'NOERROR', records: [] }
    return { code: code === 'ENOTFOUND' ? 'NXDOMAIN' : 'SERVFAIL' }
  }
}

async function look(resolver: Resolver, name: string, type: string): Promise<DnsRecord[]> {
  switch (type) {
    case 'A':
      return (await resolver.resolve4(name)).map((data) => ({ name, type, data }))
    case 'AAAA':
      return (await resolver.resolve6(name)).map((data) => ({ name, type, data }))
    case 'CNAME':
      return (await resolver.resolveCname(name)).map((data) => ({ name, type, data }))
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ exchange, priority }) => ({ name, type, exchange, preference: priority }))
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((strings) => ({ name, type, data: strings.join('') }))
    default:
      return []
  }
}
