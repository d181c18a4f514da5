// From what is known of an address to SES's verdicts (GetEmailAddressInsights): each evaluation for itself, then the whole. Pure.
// HIGH says that the thing in its name is so; for role, disposable and random that is no praise.
import { isFault, parseAddress } from '../../mail/addresses.ts'
import type { Confidence } from '../../model/address-validation.ts'
import type { JudgeDisposable } from './disposable-domains.ts'
import { judgeRandomInput } from './random-input.ts'
import { judgeRoleAddress } from './role-addresses.ts'

/** What DNS says of a mail domain. */
export type DomainFinding =
  /** A mail exchanger that has an address, or a static route of ours. */
  | 'exchanger'
  /** No MX, but an address: mail may go there (RFC 5321 §5.1), and mostly nobody listens. */
  | 'address-only'
  /** A null MX (RFC 7505). */
  | 'null-mx'
  /** No such name, or nothing there that takes mail. */
  | 'absent'
  /** The name servers did not answer: it may be either. */
  | 'unknown'

/** What our own mail says of a mailbox; undefined members: nothing seen. */
export interface MailboxFacts {
  readonly deliveredAt: number | undefined
  /** A hard bounce, or an entry of the suppression list for one. */
  readonly bouncedAt: number | undefined
}

/** The evaluations under their SES names. */
export interface AddressEvaluations {
  readonly hasValidSyntax: Confidence
  readonly hasValidDnsRecords: Confidence
  readonly mailboxExists: Confidence
  readonly isRoleAddress: Confidence
  readonly isDisposable: Confidence
  readonly isRandomInput: Confidence
}

/** An address, read; undefined: it is none. */
export interface ReadAddress {
  readonly localPart: string
  /** Lower-case A-labels. */
  readonly domain: string
  readonly address: string
}

/** Reads the text as one bare address. */
export function readAddress(text: string): ReadAddress | undefined {
  const parsed = parseAddress(text)
  // RFC 3696 §2: a top level domain is never a number, so this is a network address or a slip.
  return isFault(parsed) || /(^|\.)\d+$/.test(parsed.domain) ? undefined : parsed
}

/** Every evaluation. */
export function evaluateAddress(
  address: ReadAddress | undefined,
  facts: { readonly domain: DomainFinding; readonly mailbox: MailboxFacts },
  isDisposable: JudgeDisposable,
): AddressEvaluations {
  if (!address)
    return {
      hasValidSyntax: 'LOW',
      hasValidDnsRecords: 'LOW',
      mailboxExists: 'LOW',
      isRoleAddress: 'LOW',
      isDisposable: 'LOW',
      isRandomInput: 'LOW',
    }
  const { localPart, domain } = address
  const hasValidDnsRecords = judgeDomain(facts.domain)
  return {
    hasValidSyntax: judgeSyntax(address),
    hasValidDnsRecords,
    mailboxExists: hasValidDnsRecords === 'LOW' ? 'LOW' : judgeMailbox(facts.mailbox),
    isRoleAddress: judgeRoleAddress(localPart),
    isDisposable: isDisposable(domain),
    isRandomInput: judgeRandomInput(localPart),
  }
}

/**
 * The whole: how likely mail arrives. What is known not to take mail is LOW; a doubt makes it MEDIUM; an address that nobody wrote to yet
 * is not doubtful for that, or no first message could ever go out. A role takes mail like anybody.
 */
export function overallVerdict(evaluations: AddressEvaluations): Confidence {
  const { hasValidSyntax, hasValidDnsRecords, mailboxExists, isDisposable, isRandomInput } = evaluations
  if ([hasValidSyntax, hasValidDnsRecords, mailboxExists].includes('LOW')) return 'LOW'
  if (isDisposable === 'HIGH') return 'MEDIUM'
  if (mailboxExists === 'HIGH') return 'HIGH'
  return hasValidSyntax === 'MEDIUM' || hasValidDnsRecords === 'MEDIUM' || isRandomInput === 'HIGH' ? 'MEDIUM' : 'HIGH'
}

/** MEDIUM: allowed by the standards and by few mailbox providers. */
function judgeSyntax({ localPart, domain }: ReadAddress): Confidence {
  return localPart.startsWith('"') || !domain.includes('.') || domain.includes('_') ? 'MEDIUM' : 'HIGH'
}

function judgeDomain(finding: DomainFinding): Confidence {
  switch (finding) {
    case 'exchanger':
      return 'HIGH'
    case 'address-only':
    case 'unknown':
      return 'MEDIUM'
    case 'null-mx':
    case 'absent':
      return 'LOW'
  }
}

/** The later of both decides: mailboxes come back, and they go. */
function judgeMailbox({ deliveredAt, bouncedAt }: MailboxFacts): Confidence {
  if (bouncedAt !== undefined && bouncedAt >= (deliveredAt ?? 0)) return 'LOW'
  return deliveredAt === undefined ? 'MEDIUM' : 'HIGH'
}
