// Which addresses are ordinary ones of the Internet. Whoever writes a zone or names a URL can put any address there; without this our own
// network would be reachable through it. Source: RFC 6890 and the registries it founds.
import { BlockList, isIP } from 'node:net'

const special = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  special.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::', 96],
  ['::ffff:0:0:0', 96], // RFC 2765 §2.1: a translator takes the IPv4 address out of it.
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32], // Teredo carries an IPv4 address that nobody judged.
  ['2001:db8::', 32],
  ['3fff::', 20], // RFC 9637
  ['5f00::', 16], // RFC 9602
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10], // RFC 3879: site-local, given up, and still used inside.
  ['ff00::', 8],
] as const)
  special.addSubnet(network, bits, 'ipv6')

/** True when `address` is an ordinary address of the Internet (RFC 6890 special ones are not). */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !special.check(address, 'ipv4')
  if (family !== 6) return false
  const inner = innerIpv4(address)
  if (inner !== undefined && special.check(inner, 'ipv4')) return false
  // BlockList judges IPv4-mapped addresses by the IPv4 rules.
  return !special.check(address, 'ipv6')
}

/** The IPv4 address that an IPv6 one leads to: 6to4 (RFC 3056 §2) and the well-known prefix of NAT64 (RFC 6052 §2.1). */
function innerIpv4(address: string): string | undefined {
  const written = new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1)
  const [head = '', tail = ''] = written.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right].map((group) => Number.parseInt(group, 16))
  const [first = 0, second = 0, third = 0] = groups
  const pair =
    first === 0x2002 ? [second, third] : first === 0x64 && second === 0xff9b && groups.slice(2, 6).every((group) => group === 0) ? groups.slice(6) : undefined
  return pair?.flatMap((group) => [group >> 8, group & 255]).join('.')
}

/** A set of networks as the operator writes them; undefined when one is not a CIDR network. */
export function networkSet(cidrs: readonly string[]): { has(address: string): boolean } | undefined {
  const list = new BlockList()
  for (const cidr of cidrs) {
    const [network = '', bitsText = ''] = cidr.split('/')
    const family = isIP(network)
    const bits = Number(bitsText)
    if (family === 0 || !/^\d{1,3}$/.test(bitsText) || bits > (family === 4 ? 32 : 128)) return undefined
    list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6')
  }
  return { has: (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6') }
}

/** Whether a host that somebody listens on is the machine's own: nobody from outside comes in there. */
export function isLoopbackHost(host: string): boolean {
  return /^127\.|^::1$|^localhost$/i.test(host)
}
