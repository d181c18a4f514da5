// The one door to outgoing TCP connections and their upgrade to TLS.
// Leaves to whom: which address may be dialled is judged by the caller; nothing is resolved here.
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type TLSSocket } from 'node:tls'

/** Where to connect. */
export interface DialTarget {
  /** An IP address, never a name, so that what was judged is what is dialled. */
  readonly address: string
  readonly port: number
  /** Source address; undefined leaves it to the system. */
  readonly localAddress: string | undefined
}

/** Opens connections; a parameter, so that a test can stand in between. */
export interface Dial {
  /** Starts to connect; the socket tells by its events. */
  connect(target: DialTarget): Socket
  /** Starts a TLS 1.2+ handshake on a connected socket. Any certificate is accepted: opportunistic TLS (RFC 7435). */
  secure(socket: Socket, serverName: string): TLSSocket
}

/** The machine's own network. */
export const systemDial: Dial = openDial()

/** @param trust certificate authorities (PEM) by which a socket is `authorized`, instead of the usual ones. */
export function openDial(trust?: readonly string[]): Dial {
  const secureContext = trust && createSecureContext({ ca: [...trust], minVersion: 'TLSv1.2' })
  return {
    connect: ({ address, port, localAddress }) => connect({ host: address, port, noDelay: true, ...(localAddress === undefined ? {} : { localAddress }) }),
    secure: (socket, serverName) =>
      connectTls({
        socket,
        rejectUnauthorized: false,
        minVersion: 'TLSv1.2',
        ...(secureContext ? { secureContext } : {}),
        // RFC 6066 §3: no address in SNI.
        ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
      }),
  }
}
