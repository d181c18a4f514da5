// HTML that escapes by construction: text becomes markup only through the tag, which escapes every value that is not markup already.

/** A piece of HTML. */
export class Markup {
  readonly text: string
  /** Only for the tag below. */
  constructor(text: string) {
    this.text = text
  }
}

/** `markup\`<p>${name}</p>\``: values are escaped for text and for quoted attributes; lists are joined. */
export function markup(pieces: TemplateStringsArray, ...values: readonly (string | Markup | readonly Markup[])[]): Markup {
  return new Markup(pieces.reduce((whole, piece, index) => whole + render(values[index - 1] ?? '') + piece))
}

function render(value: string | Markup | readonly Markup[]): string {
  if (value instanceof Markup) return value.text
  if (typeof value === 'string') return value.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
  return value.map(({ text }) => text).join('')
}

/** A text of ours with a piece of HTML in the place of `{name}`. */
export function fillText(text: string, name: string, piece: Markup): Markup {
  const [before = '', ...after] = text.split(`{${name}}`)
  return markup`${before}${piece}${after.join('')}`
}

/** A style sheet of our own; never anybody's text. */
export function styleMarkup(css: string): Markup {
  return new Markup(`<style>${css}</style>`)
}
