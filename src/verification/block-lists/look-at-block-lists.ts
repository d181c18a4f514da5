// One round of questions: each list first about its own test entries, then about our addresses and names. A list whose test entries are not as
// they must be is not believed in this round, whatever it says (a list that closed answers everything with "listed").
import type { Dns } from '../../kit/dns.ts'
import type { SeenListing, ZoneLook } from '../../resources/block-listings.ts'
import { listReasonCharactersMax, questionsAtOnce } from '../limits.ts'
import { listKind, queryName, shownZone, testPoints } from './query-name.ts'
import { readAnswer } from './read-answer.ts'

/** What to ask about. */
export interface BlockListSubjects {
  readonly addresses: readonly string[]
  readonly domains: readonly string[]
}

/** What a round brought. */
export interface BlockListRound {
  readonly looks: ReadonlyMap<string, readonly ZoneLook[]>
  /** Zones that could not be read in whole or in part, as people may see them, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>
}

/** Asks every zone about every subject; begins no question after `signal` aborts. Never rejects. */
export async function lookAtBlockLists(dns: Dns, zones: readonly string[], subjects: BlockListSubjects, signal: AbortSignal): Promise<BlockListRound> {
  const looks = new Map<string, ZoneLook[]>()
  const unreadable = new Map<string, string>()
  for (const zone of zones) {
    if (signal.aborted) break
    const shown = shownZone(zone)
    const fault = await testZone(dns, zone)
    if (fault !== undefined) {
      unreadable.set(shown, fault)
      continue
    }
    const queue = [...subjects[listKind(zone)]]
    const ask = async () => {
      for (let subject = queue.shift(); subject !== undefined && !signal.aborted; subject = queue.shift()) {
        const reading = readAnswer(zone, await dns.ipv4(queryName(subject, zone)))
        if (reading.kind === 'unknown') unreadable.set(shown, reading.reason)
        const seen = reading.kind === 'unknown' ? 'unknown' : reading.kind === 'clear' ? [] : await withReason(dns, zone, subject, reading.listings)
        looks.set(subject, [...(looks.get(subject) ?? []), { zone: shown, seen }])
      }
    }
    await Promise.all(Array.from({ length: questionsAtOnce }, ask))
  }
  return { looks, unreadable }
}

/** Why the list cannot be believed now; undefined: it can. */
async function testZone(dns: Dns, zone: string): Promise<string | undefined> {
  const { listed, clear } = testPoints[listKind(zone)]
  const [yes, no] = await Promise.all([listed, clear].map(async (subject) => readAnswer(zone, await dns.ipv4(queryName(subject, zone)))))
  if (yes?.kind === 'unknown') return yes.reason
  if (yes?.kind !== 'listed') return `its test entry ${listed} is not listed`
  if (no?.kind === 'unknown') return no.reason
  return no?.kind === 'clear' ? undefined : `it lists ${clear}, which nobody may list`
}

/** RFC 5782 §2.1: the TXT record at the same name says why. Of strangers, so only plain characters of it are kept. */
async function withReason(dns: Dns, zone: string, subject: string, listings: readonly SeenListing[]): Promise<readonly SeenListing[]> {
  const answer = await dns.txt(queryName(subject, zone))
  const reason =
    answer.kind === 'records'
      ? answer.records
          .join(' ')
          .replace(/[^ -~]+/g, ' ')
          .trim()
          .slice(0, listReasonCharactersMax)
      : ''
  return reason === '' ? listings : listings.map((listing) => ({ ...listing, description: `${listing.description} ${reason}` }))
}
