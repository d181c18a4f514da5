// In which charsets HTML can be read byte by byte: those where a byte below 128 that could mean markup always does. What follows another rule is
// either hidden (ISO-2022-JP between its escapes) or not touched at all (UTF-16, UTF-7, HZ and whatever nobody knows).

// Also Shift_JIS, Big5 and GB 18030: their second bytes can be letters, `{` and `@`, but never `<`, `>`, `=`, `&`, a quote or a space. Not Johab: its can.
const readable = [
  /^(?:us-ascii|ascii|utf-?8|unknown-8bit|iso-ir-6)$/,
  /^(?:iso-?8859-?\d{1,2}(?:-[ei])?|latin-?\d{1,2}|(?:windows|cp)-?(?:125\d|874)|koi8-?(?:r|u|ru)|macintosh|x-mac-[a-z]+|tis-?620|viscii)$/,
  /^(?:euc-?(?:jp|kr|cn|tw)|x-euc-jp|gb_?2312(?:-80)?|gbk|gb18030|big5(?:-hkscs)?|shift[-_]?jis|x-sjis|sjis|ms_kanji|windows-31j|cp-?9(?:32|36|49|50)|ks_c_5601-1987|ksc_?5601|uhc)$/,
]
// ECMA-35: to ASCII or JIS X 0201, whose markup is the same; any other designation hides what follows.
const escapes = /\x1b(?:\$\(?[@-Z]|\([@-Z])/g

/**
 * The text to look for markup in, as long as `text`; undefined when it must stay as it is.
 * @param text one character for each byte.
 * @param charset as declared; undefined when nothing was.
 */
export function markupView(text: string, charset: string | undefined): string | undefined {
  const name = charset?.trim().toLowerCase() ?? 'us-ascii'
  if (text.includes('\0')) return undefined
  if (/^(?:cs)?iso-?2022-?jp(?:-[123])?$/.test(name)) return hideDoubleBytes(text)
  if (!readable.some((pattern) => pattern.test(name))) return undefined
  return text
}

function hideDoubleBytes(text: string): string {
  let view = ''
  let taken = 0
  let hidden = false
  for (const { 0: designation, index } of text.matchAll(escapes)) {
    view += shown(text.slice(taken, index), hidden)
    view += shown(designation, true)
    taken = index + designation.length
    hidden = designation !== '\x1b(B' && designation !== '\x1b(J'
  }
  return view + shown(text.slice(taken), hidden)
}

/** A full stop: neither space nor markup anywhere. */
function shown(text: string, hidden: boolean): string {
  return hidden ? '.'.repeat(text.length) : text
}
