// The text of an attribute's value: character references decoded as the HTML standard (§13.2.5.72 to 80) does in attributes. Only references to ASCII
// are known here, because only ASCII can stand in a URI; whoever meets another one learns that the text is not ASCII, and that is all it needs.

// Every name that means ASCII characters; with `;` each, without it only the first eight.
const names: Readonly<Record<string, string>> = {
  ...{ amp: '&', AMP: '&', lt: '<', LT: '<', gt: '>', GT: '>', quot: '"', QUOT: '"' },
  ...{ Tab: '\t', NewLine: '\n', excl: '!', num: '#', dollar: '$', percnt: '%', apos: "'", lpar: '(', rpar: ')', ast: '*', midast: '*', plus: '+' },
  ...{ comma: ',', period: '.', sol: '/', colon: ':', semi: ';', equals: '=', quest: '?', commat: '@', lsqb: '[', lbrack: '[', bsol: '\\' },
  ...{ rsqb: ']', rbrack: ']', Hat: '^', lowbar: '_', UnderBar: '_', grave: '`', DiacriticalGrave: '`', lcub: '{', lbrace: '{', verbar: '|' },
  ...{ vert: '|', VerticalLine: '|', rcub: '}', rbrace: '}', fjlig: 'fj', nvlt: '<\u20d2', nvgt: '>\u20d2' },
}
// Names that need no `;` and mean characters beyond ASCII.
const legacy = new Set(
  (
    'AElig Aacute Acirc Agrave Aring Atilde Auml COPY Ccedil ETH Eacute Ecirc Egrave Euml Iacute Icirc Igrave Iuml Ntilde Oacute Ocirc Ograve Oslash Otilde Ouml REG THORN ' +
    'Uacute Ucirc Ugrave Uuml Yacute aacute acirc acute aelig agrave aring atilde auml brvbar ccedil cedil cent copy curren deg divide eacute ecirc egrave eth euml frac12 ' +
    'frac14 frac34 iacute icirc iexcl igrave iquest iuml laquo macr micro middot nbsp not ntilde oacute ocirc ograve ordf ordm oslash otilde ouml para plusmn pound raquo ' +
    'reg sect shy sup1 sup2 sup3 szlig thorn times uacute ucirc ugrave uml uuml yacute yen yuml'
  ).split(' '),
)

/** The value; undefined when it holds (or may hold) a reference to a character beyond ASCII. */
export function readAttributeValue(raw: string): string | undefined {
  if (!raw.includes('&')) return raw
  let isUnclear = false
  const text = raw.replace(
    /&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([A-Za-z][A-Za-z0-9]*)(;|=)?)/g,
    (whole: string, hex?: string, decimal?: string, name = '', end = '') => {
      if (name === '') {
        const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16)
        if (code > 0 && code < 128) return String.fromCharCode(code)
        isUnclear = true
        return whole
      }
      const isLegacy = legacy.has(name)
      if (end === ';') {
        const known = names[name]
        // A name that nobody knows stays as it is; which ones these are would take the table of two thousand.
        if (known === undefined) isUnclear = true
        return known ?? whole
      }
      if (end === '=') return whole
      if (isLegacy) isUnclear = true
      return name.length <= 4 && /^(?:amp|AMP|lt|LT|gt|GT|quot|QUOT)$/.test(name) ? (names[name] ?? whole) : whole
    },
  )
  return isUnclear ? undefined : text
}
