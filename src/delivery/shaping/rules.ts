// What a destination is given, as data: rules in order, each says for whom it speaks and what it sets; the last word on a value counts.
// The shape is ours; what providers bear is common knowledge of senders (deliverability.md §2.2), and an operator's file may say otherwise.

/** For whom a rule speaks: all that it names must fit; a rule that names nothing speaks for everybody. */
export interface ShapingMatch {
  /** As `providerOfMx` names it. */
  readonly provider?: string
  /** What the name of every mail exchanger ends with, by whole labels: `mail.example.net`. */
  readonly mx?: string
  /** One of our sending addresses. */
  readonly address?: string
}

/** What can be set. */
export interface ShapingValues {
  /** Connections at the same time from one address to one site (set of mail exchangers). */
  readonly connections?: number
  /** The same to all sites of a provider together. */
  readonly providerConnections?: number
  /** After so many messages a connection is closed. */
  readonly messagesPerConnection?: number
  /** Messages from one address to the provider, or to the site where nobody knows a provider. */
  readonly messagesPerSecond?: number
  readonly messagesPerMinute?: number
}

/** What a reply makes us do, and for whom. */
export interface ShapingReaction {
  readonly name: string
  readonly provider?: string
  /** Retry classes and scopes of the reply's classification that it answers to; left out: any. */
  readonly retry?: readonly string[]
  readonly scope?: readonly string[]
  /** Names of reply rules, each a whole name or a beginning that ends with `*`; left out: any. */
  readonly rule?: readonly string[]
  /** So many such replies within an hour; 1 is at once. */
  readonly times: number
  /** `suspend`: nothing leaves. `slow`: one connection and so many messages a minute. `ten-minutes`: nothing, then one connection, one more for each clean minute. */
  readonly action: 'suspend' | 'slow' | 'ten-minutes'
  readonly minutes: number
  readonly messagesPerMinute?: number
}

/** One rule. */
export interface ShapingRule {
  readonly name: string
  readonly match: ShapingMatch
  readonly set: ShapingValues
}

/** The whole table. */
export interface ShapingTable {
  readonly rules: readonly ShapingRule[]
  readonly reactions: readonly ShapingReaction[]
}

/** What comes with the service. An operator's rules follow these, an operator's reactions go before. */
export const ownTable: ShapingTable = {
  rules: [
    { name: 'everybody', match: {}, set: { connections: 10, messagesPerConnection: 100 } },
    { name: 'google', match: { provider: 'google' }, set: { providerConnections: 5, messagesPerConnection: 50 } },
    { name: 'yahoo', match: { provider: 'yahoo' }, set: { messagesPerConnection: 20 } },
    { name: 'outlook', match: { provider: 'outlook' }, set: { providerConnections: 5, messagesPerConnection: 50 } },
    { name: 'office365', match: { provider: 'office365' }, set: { providerConnections: 5, messagesPerConnection: 50 } },
    { name: 'apple', match: { provider: 'apple' }, set: { providerConnections: 10, messagesPerConnection: 5 } },
    { name: 'comcast', match: { provider: 'comcast' }, set: { connections: 25, messagesPerConnection: 1_000 } },
    { name: 'orange', match: { provider: 'orange' }, set: { providerConnections: 2 } },
    { name: 'gmx/web.de', match: { provider: 'gmx/web.de' }, set: { connections: 4, messagesPerConnection: 20 } },
    { name: 't-online', match: { provider: 't-online' }, set: { connections: 4, messagesPerConnection: 20 } },
    { name: 'yahoo.co.jp', match: { provider: 'yahoo.co.jp' }, set: { connections: 2, messagesPerConnection: 20, messagesPerSecond: 10 } },
    { name: 'qq', match: { provider: 'qq' }, set: { connections: 4, messagesPerConnection: 8 } },
    { name: 'netease', match: { provider: 'netease' }, set: { connections: 4, messagesPerConnection: 7 } },
    { name: 'barracuda', match: { provider: 'barracuda' }, set: { messagesPerConnection: 15 } },
  ],
  reactions: [
    { name: 'ten-minute rule', retry: ['pause10'], times: 1, action: 'ten-minutes', minutes: 10 },
    { name: 'yahoo asks for a pause', provider: 'yahoo', retry: ['slow'], times: 2, action: 'suspend', minutes: 120 },
    { name: 'outlook blocks the address', provider: 'outlook', retry: ['alt-ip'], scope: ['ip'], times: 5, action: 'suspend', minutes: 120 },
    { name: 'the address is blocked', retry: ['alt-ip'], scope: ['ip'], times: 5, action: 'suspend', minutes: 60 },
    { name: 'too fast', retry: ['slow'], times: 2, action: 'slow', minutes: 30, messagesPerMinute: 10 },
  ],
}
