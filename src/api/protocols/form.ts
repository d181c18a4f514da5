// Form parameters of the query protocol (`Destination.ToAddresses.member.1=a@b.test`) as a tree, and the values that it stands for,
// ready for the decoders of decode.ts. Source: Smithy "AWS Query protocol".
import { formDepthMax, formParametersMax } from '../limits.ts'
import { parseQuery, valueOfTexts } from './query-text.ts'
import { type Reading, wrongType } from './reading.ts'
import type { Shape, Structure } from './schema.ts'

/** What stands under one part of a name. */
export interface FormNode {
  /** Of parameters given twice the last counts. */
  text: string | undefined
  readonly children: Map<string, FormNode>
}

/** The tree of a form; undefined when it has more parameters than any request needs. Names that are too deep name nothing we know. */
export function parseForm(form: string): FormNode | undefined {
  const root: FormNode = { text: undefined, children: new Map() }
  let ampersands = 0
  for (let at = form.indexOf('&'); at >= 0; at = form.indexOf('&', at + 1)) if (++ampersands >= formParametersMax) return undefined
  for (const [name, text] of parseQuery(form)) {
    const parts = name.split('.', formDepthMax + 1)
    if (parts.length > formDepthMax) continue
    let node = root
    for (const part of parts) {
      const known = node.children.get(part)
      const next = known ?? { text: undefined, children: new Map() }
      if (!known) node.children.set(part, next)
      node = next
    }
    node.text = text
  }
  return root
}

/** The members of a structure that the form gives. What the form has beside them is ignored, as unknown members are. */
export function valueOfForm(shape: Structure, node: FormNode, reading: Reading): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const member of shape.members) {
    const child = node.children.get(member.name)
    if (child) value[member.name] = valueOfNode(member.shape, child, reading)
  }
  return value
}

function valueOfNode(shape: Shape, node: FormNode, reading: Reading): unknown {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return valueOfForm(shape, node, reading)
    case 'list':
      return numbered(node.children.get('member') ?? node).map((element) => valueOfNode(shape.element, element, reading))
    case 'map':
      return Object.fromEntries(
        numbered(node.children.get('entry') ?? node).map((entry) => {
          const value = entry.children.get('value')
          return [entry.children.get('key')?.text ?? '', value && valueOfNode(shape.value, value, reading)]
        }),
      )
    default:
      if (node.text === undefined) return wrongType(reading, 'Unexpected complex element')
      return shape.kind === 'blob' ? node.text : valueOfTexts(shape, [node.text], reading)
  }
}

/** Children by rising number; clients may leave gaps. */
function numbered({ children }: FormNode): FormNode[] {
  return [...children]
    .filter(([name]) => /^\d{1,9}$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, node]) => node)
}
