// Brings a reply into the form that rules are written for: one line, lower case, without accents, and without what only this reply has
// (addresses, IPs, hosts, links), because names may hold words that look like reasons. Pure.

/** A reply made comparable. */
export interface PlainReply {
  /** 200 … 599; 0 when the text has none. */
  readonly code: number
  /** RFC 3463 code, or the empty string. */
  readonly enhanced: string
  /** Masked text behind code and enhanced code. */
  readonly text: string
}

const replyCharactersMax = 4_096 // What the reader of a connection takes (replies.ts); more is cut.
// A name is kept when it says who blocks, or whose page explains it; a link keeps what names the reason: Google's `p=`, and fragments.
const tellingNames =
  /spamhaus|spamcop|barracuda|sorbs|abuseat|uceprotect|backscatterer|mailspike|invaluement|senderscore|returnpath|psbl|surbl|uribl|ivmuri|dnsbl|rbl\b|nixspam|manitu|spamrats|spfbl|hostkarma|junkemailfilter|lashback|truncate|gbudb|s5h\.net|0spam|proofpoint|pphosted|cloudmark|mimecast|trendmicro|symantec|messagelabs|fortiguard|sophos|talos|senderbase|trustedsource|cyren|ctipd|cudaops|abusix|blocklist|blacklist|openspf|open-spf|\bspf\b|dmarc/

/** @param source a reply as a server gave it or as a report quotes it: `550 5.1.1 …`, many lines, or `smtp; 550-5.1.1 …`. */
export function plainReply(source: string): PlainReply {
  const line = decoded(source.slice(0, replyCharactersMax))
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(?:x-)?(?:smtp|unix|lmtp|postfix)\s*;\s*/i, '')
  const head = /^["']?(?:smtp error[^:]{0,60}: ?)?([2-5]\d\d)(?=[\s-]|$|[.:,;](?!\d))[\s.:,;-]*/i.exec(line)
  // A report quotes the reply behind words of its own: `host mx.far.test said: 550 …`.
  const quoted = head
    ? undefined
    : /(?:said|says|error|returned|response(?: was)?|reply(?: was)?|because|message)[^:;']{0,80}[:;'] ?['"]?([45]\d\d)(?=[ -])/i.exec(line)
  const code = Number(head?.[1] ?? quoted?.[1] ?? 0)
  let rest = head ? line.slice(head[0].length) : quoted ? line.slice(quoted.index + quoted[0].length).replace(/^[\s-]+/, '') : line
  // The lines of one reply, joined: each repeats the code.
  if (code !== 0 && rest.includes(`${code}`)) rest = rest.replace(new RegExp(`(^|\\s)${code}[- ](?=\\S)`, 'g'), '$1')
  const first = /^[#(\s]{0,3}([245]\.\d{1,3}\.\d{1,3})\b(?!\.\d)[):;,\s-]*/.exec(rest)
  const enhanced = first?.[1] ?? ''
  if (enhanced !== '') rest = rest.slice(first?.[0].length).split(`${enhanced} `).join('')
  const text = maskText(plainLetters(rest))
  return { code, enhanced: enhanced !== '' ? enhanced : (/(?:^|[\s(#[])([245]\.\d{1,3}\.\d{1,3})(?=[\s)\]:;,-]|$)/.exec(text)?.[1] ?? ''), text }
}

/** Bytes of a connection are read one to a character; most servers that write other letters mean UTF-8. */
function decoded(text: string): string {
  if (!/[\x80-\xff]/.test(text) || /[^\x00-\xff]/.test(text)) return text
  const read = Buffer.from(text, 'latin1').toString('utf8')
  return read.includes('\ufffd') ? text : read
}

function plainLetters(text: string): string {
  const lower = text.toLowerCase()
  if (!/[^\x00-\x7f]/.test(lower)) return lower
  return lower
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/\u0142/g, 'l')
    .replace(/\u00df/g, 'ss')
}

// Every repetition has a bound: a hostile server chooses the text, and time must grow with its length alone.
function maskText(text: string): string {
  return text
    .replace(/https?:\/\/([^\s/?#<>"')]+)([^\s<>"')]*)/g, (_, host: string, path: string) => {
      const reason = /[?&]p=(\w+)|#([\w-]+)$/.exec(path)
      return `<url${tellingNames.test(host) ? ` ${host}` : ''}${reason ? ` ${reason[1] ?? reason[2]}` : ''}>`
    })
    .replace(/<?[^\s<>@(),;:"'[\]]{1,128}@[^\s<>@(),;:"'[\]]{1,255}>?/g, '<address>')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '<ip>')
    .replace(/\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}\b/g, '<ip>')
    .replace(
      /\b(?:[a-z0-9_-]{1,63}\.){1,8}(?:com|net|org|info|biz|edu|gov|io|eu|de|fr|uk|it|es|nl|pl|pt|br|jp|cn|ru|ch|be|cz|se|us|ca|au|in|test|invalid|example|local)\b/g,
      (name) => (tellingNames.test(name) ? name : '<host>'),
    )
}
