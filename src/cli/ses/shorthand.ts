// The AWS CLI's shorthand: `Key=plan,Value=gold`, `ToAddresses=a@x,b@y`, `Simple={Subject={Data=Hi}}`, `Values=[a,b]`, `Data@=fileb://mail.eml`.
// Source: AWS CLI user guide, "Using shorthand syntax". It gives text, lists and objects; what the text means is the shape's matter.
import { shorthandDepthMax } from '../limits.ts'
import { usageFailure } from '../terminal.ts'

/** What shorthand can say. */
export type ShorthandValue = string | FileReference | ShorthandValue[] | { [key: string]: ShorthandValue }

/** `key@=file://…`: the value lies in a file. */
export class FileReference {
  readonly url: string
  constructor(url: string) {
    this.url = url
  }
}

/** Reads one shorthand argument. @throws CommandFailure 252 with the place of the fault marked. */
export function parseShorthand(text: string): { [key: string]: ShorthandValue } {
  const reader = new Reader(text)
  const object = reader.pairs(undefined, 0)
  if (!reader.atEnd()) reader.fail("','")
  return object
}

class Reader {
  private readonly text: string
  private position = 0
  constructor(text: string) {
    this.text = text
  }

  atEnd(): boolean {
    return this.position >= this.text.length
  }

  fail(expected: string): never {
    const received = this.atEnd() ? 'end of input' : `'${this.text[this.position]}'`
    throw usageFailure(`Error parsing parameter: Expected: ${expected}, received: ${received} for input:\n${this.text}\n${' '.repeat(this.position)}^`)
  }

  /** `key=value` pairs up to `close`, which stays unread; at the top level values may be lists without brackets. */
  pairs(close: '}' | undefined, depth: number): { [key: string]: ShorthandValue } {
    const object: { [key: string]: ShorthandValue } = Object.create(null)
    for (;;) {
      this.spaces()
      const key = this.match(/[\w\-.#/:$%]+/y) ?? this.fail('a key')
      const fromFile = this.match(/\s*@=/y) !== undefined
      if (!fromFile && this.match(/\s*=/y) === undefined) this.fail("'='")
      if (key in object) throw usageFailure(`Error parsing parameter: Second instance of key "${key}" encountered for input:\n${this.text}`)
      this.spaces()
      object[key] = fromFile ? new FileReference(this.scalar(close)) : close ? this.value(close, depth) : this.values(depth)
      this.spaces()
      if (this.match(/,/y) === undefined) return object
    }
  }

  // `a,b,c=d`: the list ends before what turns out to be a key. `a,` is a list of one.
  private values(depth: number): ShorthandValue {
    const first = this.value(undefined, depth)
    if (typeof first !== 'string') return first
    const list = [first]
    let comma = false
    while (this.lookAt(/\s*,/y) && !this.lookAt(/\s*,\s*[\w\-.#/:$%]+\s*@?=/y)) {
      comma = true
      this.match(/\s*,\s*/y)
      if (!this.atEnd()) list.push(this.scalar(undefined))
    }
    return comma ? list : first
  }

  private value(close: '}' | ']' | undefined, depth: number): ShorthandValue {
    if (depth > shorthandDepthMax) throw usageFailure(`Error parsing parameter: nested deeper than ${shorthandDepthMax} levels`)
    if (this.match(/\{/y) !== undefined) {
      this.spaces()
      if (this.match(/\}/y) !== undefined) return {}
      const object = this.pairs('}', depth + 1)
      if (this.match(/\s*\}/y) === undefined) this.fail("',' or '}'")
      return object
    }
    if (this.match(/\[/y) !== undefined) {
      const list: ShorthandValue[] = []
      this.spaces()
      if (this.match(/\]/y) !== undefined) return list
      for (;;) {
        this.spaces()
        list.push(this.value(']', depth + 1))
        if (this.match(/\s*\]/y) !== undefined) return list
        if (this.match(/\s*,/y) === undefined) this.fail("',' or ']'")
      }
    }
    return this.scalar(close)
  }

  private scalar(close: '}' | ']' | undefined): string {
    const quote = this.text[this.position]
    if (quote === '"' || quote === "'") return this.quoted(quote)
    const plain = close === undefined ? /(?:\\,|[^,])*/y : close === '}' ? /(?:\\,|[^,}])*/y : /(?:\\,|[^,\]])*/y
    return (this.match(plain) ?? '').replaceAll('\\,', ',').trimEnd()
  }

  private quoted(quote: '"' | "'"): string {
    const start = this.position
    const body = this.match(quote === '"' ? /"((?:\\[\s\S]|[^"\\])*)"/y : /'((?:\\[\s\S]|[^'\\])*)'/y)
    if (body === undefined) {
      this.position = start
      this.fail(`a closing ${quote}`)
    }
    // Only the quote and the backslash can be escaped; every other backslash is itself.
    return body.slice(1, -1).replace(/\\([\s\S])/g, (whole, character: string) => (character === quote || character === '\\' ? character : whole))
  }

  private spaces(): void {
    this.match(/\s*/y)
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.position += found.length
    return found
  }

  private lookAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.position
    return pattern.test(this.text)
  }
}
