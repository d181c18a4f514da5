// XML text that is well formed whatever stands in it. Source: XML 1.0 §2.2 (characters), §2.4 (escapes), §2.11 (line ends).

const special: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#xD;' }

// Not even an escape may name these in XML 1.0.
const illegal = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g

/** Character data: escaped, and what no XML may hold replaced by U+FFFD. */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(illegal, '\ufffd')
    .replace(/[&<>"\r]/g, (character) => special[character] ?? '')
}

/** One element; `content` is XML already, `name` comes from a schema. */
export function xmlElement(name: string, content: string, namespace?: string): string {
  const open = namespace === undefined ? name : `${name} xmlns="${xmlText(namespace)}"`
  return content === '' ? `<${open}/>` : `<${open}>${content}</${name}>`
}
