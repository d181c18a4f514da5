// Simulated providers on the loopback: each mail exchanger has an address of its own in 127/8, all share one port, and a DNS table leads there
// under the names that real ones have, so that sites and providers roll up as in reality. Nothing leaves the machine.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { type Clock, systemClock } from '../../../src/kit/clock.ts'
import type { Dns, DnsAnswer, Mx } from '../../../src/kit/dns.ts'
import { systemRandom } from '../../../src/kit/random.ts'
import { selfSignedCertificate } from '../../../src/kit/self-signed-certificate.ts'
import type { Fault } from './faults.ts'
import type { Ledger } from './ledger.ts'
import type { ProviderProfile } from './profile.ts'
import { ProviderModel } from './provider-model.ts'
import { converse } from './provider-session.ts'
import type { SenderDns } from './sender-dns.ts'

/** One provider that runs. */
export interface RunningProvider {
  readonly model: ProviderModel
  readonly ledger: Ledger
  /** From now on the next `connections` connections (all when left out) suffer `fault`. */
  misbehave(fault: Fault | undefined, connections?: number): void
}

/** All of them. */
export interface Providers {
  /** Of every mail exchanger. */
  readonly port: number
  /** Every domain and host. */
  readonly dns: Dns
  readonly zone: { readonly mx: Record<string, readonly Mx[]>; readonly a: Record<string, readonly string[]> }
  /** By the profile's name. @throws Error when there is none. */
  provider(name: string): RunningProvider
  close(): Promise<void>
}

/** Tries for a port that is free at every address. */
const portTries = 10

/** Starts one server for each host of each profile. */
export async function startProviders(profiles: readonly ProviderProfile[], parts: { clock: Clock; senderDns?: SenderDns | undefined }): Promise<Providers> {
  const { clock, senderDns } = parts
  const certificate = selfSignedCertificate(['provider.test'], { clock: systemClock, random: systemRandom })
  const secureContext = createSecureContext(certificate)
  const sockets = new Set<Socket>()
  const zone: Providers['zone'] = { mx: {}, a: {} }
  const running = new Map<string, RunningProvider>()
  const places: { address: string; accept: (socket: Socket) => void }[] = []

  for (const [index, profile] of profiles.entries()) {
    const model = new ProviderModel(profile, { clock, senderDns })
    let fault: Fault | undefined
    let faulty = 0
    running.set(profile.name, {
      model,
      ledger: model.ledger,
      misbehave(next, connections = Number.POSITIVE_INFINITY) {
        fault = next
        faulty = connections
      },
    })
    for (const [domain, records] of Object.entries(profile.domains)) zone.mx[domain] = records.map(([exchange, preference]) => ({ exchange, preference }))
    const hosts = new Set(Object.values(profile.domains).flatMap((records) => records.map(([host]) => host)))
    for (const [number, host] of [...hosts].entries()) {
      if (host === '' || profile.lostHosts.includes(host)) continue
      const address = `127.${40 + index}.0.${number + 1}`
      zone.a[host] = [address]
      if (profile.deadHosts.includes(host)) continue
      places.push({
        address,
        accept(socket) {
          sockets.add(socket)
          socket.once('close', () => sockets.delete(socket))
          const suffers = faulty > 0 ? fault : undefined
          if (suffers) faulty--
          void converse(socket, { model, host, clock, secureContext, fault: suffers })
        },
      })
    }
  }
  const { port, servers } = await listenAll(places)
  return {
    port,
    dns: tableDns(zone),
    zone,
    provider(name) {
      const found = running.get(name)
      if (!found) throw new Error(`no provider ${name}`)
      return found
    },
    async close() {
      const closed = servers.map((server) => once(server, 'close'))
      for (const server of servers) server.close()
      for (const socket of sockets) socket.destroy()
      await Promise.all(closed)
    },
  }
}

function tableDns({ mx, a }: Providers['zone']): Dns {
  const absent = { kind: 'absent', nameExists: false } as const
  const lookUp = <T>(table: Record<string, readonly T[]>, name: string): DnsAnswer<T> => {
    const records = table[name]
    return records ? { kind: 'records', records } : absent
  }
  return {
    mx: async (domain) => lookUp(mx, domain),
    ipv4: async (host) => lookUp(a, host),
    ipv6: async () => absent,
    txt: async () => absent,
    cname: async () => absent,
  }
}

async function listenAll(places: readonly { address: string; accept: (socket: Socket) => void }[]): Promise<{ port: number; servers: Server[] }> {
  for (let tries = 1; ; tries++) {
    const servers: Server[] = []
    let port = 0
    try {
      for (const { address, accept } of places) {
        const server = createServer({ noDelay: true, allowHalfOpen: true }, accept)
        server.listen(port, address)
        await once(server, 'listening')
        servers.push(server)
        port = (server.address() as AddressInfo).port
      }
      return { port, servers }
    } catch (fault) {
      for (const server of servers) server.close()
      if (tries === portTries) throw fault
    }
  }
}
