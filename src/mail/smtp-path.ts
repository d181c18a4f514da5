// The paths of MAIL FROM and RCPT TO and the parameters behind them. RFC 5321 §4.1.2, sizes §4.5.3.1.
// ASCII only, as SES: no SMTPUTF8 (RFC 6531). Whether a domain exists or may send is judged elsewhere.

/** A parsed argument of MAIL or RCPT. */
export type PathArgument =
  /** `path` is what stands between the angle brackets, source route dropped; empty for `<>`. */
  | { readonly kind: 'path'; readonly path: string; readonly parameters: readonly string[] }
  /** Brackets are there, but no mailbox stands between them. */
  | { readonly kind: 'bad-address'; readonly text: string }
  | { readonly kind: 'bad-syntax' }

const octetsMax = { localPart: 64, domain: 255, path: 256 } as const // RFC 5321 §4.5.3.1.1 to .3; the path counts its brackets.

// A bracket inside quotes does not end the path. The three branches start with different characters, so there is nothing to backtrack into.
const argumentForm = /^(FROM|TO): *<((?:"(?:[^"\\]|\\.)*"|[^<>"])*)>(?: +(\S.*)| *)$/i
const dotString = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/
const quotedString = /^"(?:[ !#-[\]-~]|\\[ -~])*"$/
const domainName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i
const addressLiteral = /^\[[!-Z^-~]+\]$/

/** Reads `FROM:<path> parameters` or `TO:<path> parameters`; blanks behind the colon are forgiven because many clients write one. */
export function parsePathArgument(argument: string, keyword: 'FROM' | 'TO'): PathArgument {
  const match = argumentForm.exec(argument)
  if (!match || match[1]?.toUpperCase() !== keyword) return { kind: 'bad-syntax' }
  const given = match[2] ?? ''
  // RFC 5321 §4.1.1.3: a source route is accepted and ignored.
  const path = given.startsWith('@') ? given.slice(given.indexOf(':') + 1) : given
  if (path !== '' ? !isMailbox(path) : given !== '') return { kind: 'bad-address', text: given }
  return { kind: 'path', path, parameters: match[3] === undefined ? [] : match[3].trimEnd().split(/ +/) }
}

/** Whether `text` is a Mailbox of RFC 5321 §4.1.2: dot-string or quoted string, then a domain or an address literal. */
export function isMailbox(text: string): boolean {
  const at = text.lastIndexOf('@')
  const localPart = text.slice(0, at)
  const domain = text.slice(at + 1)
  if (at < 1 || at > octetsMax.localPart || domain.length > octetsMax.domain || text.length + 2 > octetsMax.path) return false
  return (dotString.test(localPart) || quotedString.test(localPart)) && (domainName.test(domain) || addressLiteral.test(domain))
}
