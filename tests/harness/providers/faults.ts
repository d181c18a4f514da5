// What a hostile or broken far server does to a connection, as data; provider-session.ts acts it.

/** A point of the dialogue: in place of the greeting or of the answer to a command; `body`: after 354 while the message flows; `dot`: after the end. */
export type FaultPoint = 'greeting' | 'EHLO' | 'STARTTLS' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'dot' | 'RSET' | 'QUIT'

/** One kind of trouble. */
export type Fault =
  /** Every reply leaves byte by byte. */
  | { readonly kind: 'one-byte-segments' }
  /** A multi-line reply that never ends, until the client has enough. */
  | { readonly kind: 'endless-reply'; readonly at: FaultPoint }
  /** A line that never ends. */
  | { readonly kind: 'endless-line'; readonly at: FaultPoint }
  /** The first line of a multi-line reply, then silence. */
  | { readonly kind: 'unfinished-reply'; readonly at: FaultPoint }
  /** Bytes that no reply holds: NUL, bare CR and LF, 8 bit. The reply itself is the ordinary one. */
  | { readonly kind: 'strange-bytes'; readonly at: FaultPoint }
  /** Silence with an open connection. */
  | { readonly kind: 'black-hole'; readonly at: FaultPoint }
  /** FIN, and no answer any more. */
  | { readonly kind: 'half-open'; readonly at: FaultPoint }
  /** RST. */
  | { readonly kind: 'reset'; readonly at: FaultPoint }
  /** 421 in place of the answer, then a close. */
  | { readonly kind: 'shut-down'; readonly at: FaultPoint }
  /** The connection ends after the final dot without a reply; the message is kept or not. */
  | { readonly kind: 'drop-after-dot'; readonly kept: boolean }
  /** Answers to commands that nobody gave, in clear behind the 220 of STARTTLS; then a handshake that works. */
  | { readonly kind: 'injected-after-220' }
  /** More answers than commands. */
  | { readonly kind: 'surplus-replies'; readonly at: FaultPoint }
  /** The ordinary answer, in the fifth minute: RFC 5321 §4.5.3.2 gives it five. */
  | { readonly kind: 'tarpit'; readonly at: FaultPoint }
  /** A line that grows by a byte a minute and never ends. */
  | { readonly kind: 'dripping-line'; readonly at: FaultPoint }
  /** The ordinary answer in two lines, the second of them a minute after the first. */
  | { readonly kind: 'split-reply'; readonly at: FaultPoint }
  /** The ordinary code with a line of 8 KiB, eight times what RFC 5321 §4.5.3.1.5 allows and more. */
  | { readonly kind: 'long-line'; readonly at: FaultPoint }
  /** Words to a client that asked nothing: behind the answer to the first message, when nothing is under way. */
  | { readonly kind: 'unasked'; readonly reply: string }
  /** After the 220, half of a TLS record; then RST, or nothing any more. */
  | { readonly kind: 'handshake-breaks'; readonly silent: boolean }
  /** A new handshake inside the session, before the answer to MAIL (TLS 1.2). */
  | { readonly kind: 'renegotiation' }
  /** After 354 it reads nothing for half an hour. */
  | { readonly kind: 'deaf' }
  /** RST in place of the answer to the second MAIL of a connection. */
  | { readonly kind: 'reset-at-second-mail' }

/** Which point a fault strikes at; undefined: everywhere. */
export function pointOf(fault: Fault): FaultPoint | undefined {
  switch (fault.kind) {
    case 'one-byte-segments':
      return undefined
    case 'drop-after-dot':
      return 'dot'
    case 'unasked':
      return 'dot'
    case 'deaf':
      return 'body'
    case 'injected-after-220':
    case 'handshake-breaks':
      return 'STARTTLS'
    case 'renegotiation':
    case 'reset-at-second-mail':
      return 'MAIL'
    case 'endless-reply':
    case 'endless-line':
    case 'unfinished-reply':
    case 'strange-bytes':
    case 'black-hole':
    case 'half-open':
    case 'reset':
    case 'shut-down':
    case 'surplus-replies':
    case 'tarpit':
    case 'dripping-line':
    case 'split-reply':
    case 'long-line':
      return fault.at
  }
}

/** A client that still listens after so much has no limit of its own. */
export const endlessBytesMax = 400_000
