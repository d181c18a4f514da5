// What the A records of a block list mean. RFC 5782 §2.1; codes of Spamhaus as its zone pages list them; deliverability.md §6.
// Only an answer of the expected set is a listing: everything else is "cannot tell", because a resolver that rewrites answers, a list that
// closed or a refused question would otherwise put every address of ours on a list.
import type { DnsAnswer } from '../../kit/dns.ts'
import type { SeenListing } from '../../resources/block-listings.ts'
import { shownZone } from './query-name.ts'

/** `unknown`: the answer says nothing about the address; the reason is for the log. */
export type Reading =
  | { readonly kind: 'clear' }
  | { readonly kind: 'listed'; readonly listings: readonly SeenListing[] }
  | { readonly kind: 'unknown'; readonly reason: string }

const listed = (list: string, impact: 'HIGH' | 'LOW', description: string): SeenListing => ({ list, impact, description })
const exploited = listed('Spamhaus XBL', 'HIGH', 'A hijacked machine, an open proxy or malware sends from this address.')
const policy = listed('Spamhaus PBL', 'LOW', 'By its network’s policy this address should not send mail itself; its owner can take it off.')

const spamhausCodes: Readonly<Record<string, SeenListing>> = {
  '127.0.0.2': listed('Spamhaus SBL', 'HIGH', 'Spam or support of it was seen at this address; the case must be closed by the network.'),
  '127.0.0.3': listed('Spamhaus CSS', 'HIGH', 'Mail of low reputation was seen from this address; found by machine and gone some days after it stops.'),
  '127.0.0.4': exploited,
  '127.0.0.5': exploited,
  '127.0.0.6': exploited,
  '127.0.0.7': exploited,
  '127.0.0.9': listed('Spamhaus DROP', 'HIGH', 'The whole network of this address is held to be criminal.'),
  '127.0.0.10': policy,
  '127.0.0.11': policy,
  '127.0.0.20': listed('Spamhaus AuthBL', 'HIGH', 'Stolen passwords of mail accounts are used from this address.'),
  '127.0.0.30': listed('Spamhaus BCL', 'HIGH', 'A botnet is commanded from this address.'),
  '127.0.1.2': listed('Spamhaus DBL', 'HIGH', 'A domain of low reputation.'),
  '127.0.1.4': listed('Spamhaus DBL', 'HIGH', 'A phishing domain.'),
  '127.0.1.5': listed('Spamhaus DBL', 'HIGH', 'A domain of malware.'),
  '127.0.1.6': listed('Spamhaus DBL', 'HIGH', 'A domain that commands a botnet.'),
  '127.0.1.102': listed('Spamhaus DBL', 'LOW', 'An honest domain that is abused for spam.'),
  '127.0.1.103': listed('Spamhaus DBL', 'LOW', 'A redirector that is abused for spam.'),
  '127.0.1.104': listed('Spamhaus DBL', 'LOW', 'An honest domain that is abused for phishing.'),
  '127.0.1.105': listed('Spamhaus DBL', 'LOW', 'An honest domain that is abused for malware.'),
  '127.0.1.106': listed('Spamhaus DBL', 'LOW', 'An honest domain that is abused to command a botnet.'),
}

const errorCodes: Readonly<Record<string, string>> = {
  '127.0.1.255': 'a list of domains was asked about an address',
  '127.255.255.252': 'the name of the zone is misspelt',
  '127.255.255.254': 'the question came through a public resolver: set BULKHEAD_RESOLVER to one of your own',
  '127.255.255.255': 'too many questions came from this resolver',
}

/** Reads an answer of `zone`. */
export function readAnswer(zone: string, answer: DnsAnswer<string>): Reading {
  if (answer.kind === 'failed') return { kind: 'unknown', reason: `no answer (${answer.code})` }
  if (answer.kind === 'absent') return { kind: 'clear' }
  const { records } = answer
  for (const code of records) {
    const error = errorCodes[code] ?? (code.startsWith('127.255.255.') ? `the list answered the error ${code}` : undefined)
    if (error !== undefined) return { kind: 'unknown', reason: error }
    if (!code.startsWith('127.'))
      return { kind: 'unknown', reason: `${code} is no code of a block list: the resolver rewrites answers, or the zone is somebody else's` }
  }
  const isSpamhaus = /(^|\.)spamhaus\.(org|net)$/.test(zone)
  const listings = isSpamhaus ? records.flatMap((code) => spamhausCodes[code] ?? []) : plainListing(zone, records)
  if (listings.length === 0) return { kind: 'unknown', reason: `the code ${records.join(', ')} is not one that means a listing` }
  return { kind: 'listed', listings: [...new Map(listings.map((listing) => [listing.list, listing])).values()] }
}

/** RFC 5782 §2.1: usually 127.0.0.2. The first one is what lists answer to questions that they refuse. */
function plainListing(zone: string, codes: readonly string[]): SeenListing[] {
  const named = codes.filter((code) => code !== '127.0.0.1').sort()
  return named.length === 0 ? [] : [listed(shownZone(zone), 'LOW', `Listed with the code ${named.join(', ')}.`)]
}
