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
