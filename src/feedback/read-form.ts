// What a POST to the unsubscribe page asks for. Mail programs send `List-Unsubscribe=One-Click` as multipart/form-data or urlencoded
// (RFC 8058 §3.1); our own page sends `save`, the topics that are wanted, and `all`.

/** What the reader wants. */
export type Wish =
  | { readonly kind: 'one-click' }
  /** `all`: no mail of the list at all. */
  | { readonly kind: 'choose'; readonly topicNames: ReadonlySet<string>; readonly all: boolean }

const oneClickPart = /name="?list-unsubscribe"?[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n[ \t]*one-click[ \t]*(?:\r?\n|$)/i

/** Reads a body of bounded size; undefined when it asks for neither. The content type decides nothing: programs differ in it. */
export function readForm(body: Buffer): Wish | undefined {
  const text = body.toString('utf8')
  if (oneClickPart.test(text)) return { kind: 'one-click' }
  const form = new URLSearchParams(text.trim())
  for (const [name, value] of form) if (name.toLowerCase() === 'list-unsubscribe' && value.toLowerCase() === 'one-click') return { kind: 'one-click' }
  return form.has('save') ? { kind: 'choose', topicNames: new Set(form.getAll('topic')), all: form.has('all') } : undefined
}
