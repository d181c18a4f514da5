// From the schema of an operation and the tables of constraints and enumerations: every probe of its input.
import { type Constraint, constraints } from '../../src/api/protocols/constraints.ts'
import type { OperationSchema, Shape } from '../../src/api/protocols/schema.ts'
import { keysOf, placesOf, sampleOf, valuesOf, valueAt, withValue } from './places.ts'
import type { Expectation, Input, Place, Probe, ProbeClass } from './probe.ts'

const bodyTextCharacters = 200_000
const labelTextCharacters = 2_000
const listElements = 5_000

/** All probes but the valid and minimal ones, which the table of valid inputs makes. */
export function generateProbes({ input }: OperationSchema): Probe[] {
  const put = (place: Place, value: unknown) => (valid: Input) => withValue(input, valid, place.path, value)
  const make = (kind: ProbeClass, place: Place, says: string, value: unknown, expect: Expectation, by: Probe['by'] = 'sdk'): Probe => ({
    class: kind,
    says: `${place.path.join('.')} ${says}`,
    at: place.path.join('.'),
    expect,
    by,
    change: put(place, value),
  })
  const probes: Probe[] = [
    { class: 'unknown member', says: 'at the top', at: '', expect: { kind: 'success' }, by: 'raw', change: (valid) => ({ ...valid, ...unknown }) },
  ]
  for (const place of placesOf(input)) {
    const { structure, member } = place
    const row = constraints[`${structure.name}.${member.name}`] ?? {}
    probes.push(...limitProbes(place, row, make), ...typeProbes(place, make), ...textProbes(place, row, make))
    if (member.required && member.place === 'body')
      probes.push(make('missing', place, 'is left out', undefined, { kind: 'refused', type: 'BadRequestException' }, 'raw'))
    if (member.shape.kind === 'structure' && member.place === 'body')
      probes.push({
        class: 'unknown member',
        says: `in ${place.path.join('.')}`,
        at: place.path.join('.'),
        expect: { kind: 'typed' },
        by: 'raw',
        change: (valid) => withValue(input, valid, place.path, { ...((valueAt(valid, place.path) ?? sampleOf(structure, member)) as Input), ...unknown }),
      })
    const values = valuesOf(structure, member)
    if (values) {
      const wrong = inside(member.shape, 'NOT_A_VALUE', place)
      const text = row.operationJudges === 'value' ? undefined : 'enum value set'
      probes.push(make('unknown value', place, 'has no such value', wrong, { kind: 'refused', type: 'BadRequestException', ...(text ? { text } : {}) }))
      if (member.shape.kind === 'string')
        for (const value of values) probes.push(make('boundary', place, `is ${value}`, value, { kind: 'withinLimit', spelt: place.spelt }))
    }
    if (member.shape.kind === 'map' && keysOf(structure, member)[0] !== 'key')
      probes.push(
        make(
          'unknown value',
          place,
          'has no such key',
          { NOT_A_KEY: mapValue(member.shape, 'x') },
          { kind: 'refused', type: 'BadRequestException', text: 'enum value set' },
        ),
      )
  }
  return probes
}

type Make = (kind: ProbeClass, place: Place, says: string, value: unknown, expect: Expectation, by?: Probe['by']) => Probe
const unknown = { Xyzzy: { Deep: [1, null, 'x'] }, xyzzy: 1 }

function limitProbes(place: Place, row: Constraint, make: Make): Probe[] {
  const { spelt } = place
  const probes: Probe[] = []
  const within = (says: string, value: unknown) => probes.push(make('boundary', place, says, value, { kind: 'withinLimit', spelt }))
  const over = (says: string, value: unknown) =>
    // A label is part of the path: an empty one is another path.
    probes.push(
      make(
        'over limit',
        place,
        says,
        value,
        place.member.place === 'label' && value === '' ? { kind: 'typed' } : { kind: 'refused', type: 'BadRequestException', text: spelt },
      ),
    )
  if (row.range) {
    const [min, max] = row.range
    for (const value of [min, max]) within(`is ${value}`, value)
    for (const value of [min - 1, max + 1, -1, 2 ** 31 - 1]) over(`is ${value}`, value)
  }
  if (row.length) {
    const [min, max] = row.length
    const whole = place.member.name !== 'ArchiveArn'
    for (const size of new Set([min, max])) if (Number.isFinite(size) && whole) within(`has length ${size}`, sized(place, size))
    if (!whole) for (const size of [24, 62]) within(`has an id of ${size}`, archiveArn(size))
    if (min > 0) over(`has length ${min - 1}`, sized(place, min - 1))
    if (Number.isFinite(max)) over(`has length ${max + 1}`, sized(place, max + 1))
    if (!whole) over('has an id of 63', archiveArn(63))
  }
  if (row.pattern) over('breaks the pattern', 'is not\u0007 é allowed')
  if (row.elementLength) {
    const [min, max] = row.elementLength
    for (const size of new Set([min, max]))
      if (Number.isFinite(size)) within(`has an element of length ${size}`, inside(place.member.shape, 'a'.repeat(size), place))
    if (min > 0) over(`has an element of length ${min - 1}`, inside(place.member.shape, 'a'.repeat(min - 1), place))
    if (Number.isFinite(max)) over(`has an element of length ${max + 1}`, inside(place.member.shape, 'a'.repeat(max + 1), place))
  }
  return probes
}

const archiveArn = (size: number) => `arn:aws:ses:us-east-1:111122223333:mailmanager-archive/a-${'a'.repeat(size)}`

function sized({ structure, member }: Place, size: number): unknown {
  const { shape } = member
  if (shape.kind === 'list') return Array.from({ length: size }, () => sampleOf(structure, member, shape.element))
  if (shape.kind === 'map') return Object.fromEntries([...keysOf(structure, member), 'a', 'b'].slice(0, size).map((key) => [key, mapValue(shape, 'a')]))
  return 'a'.repeat(size)
}

function inside(shape: Shape, text: string, { structure, member }: Place): unknown {
  if (shape.kind === 'list') return [text]
  return shape.kind === 'map' ? { [keysOf(structure, member)[0] ?? 'key']: mapValue(shape, text) } : text
}

/** A map of lists is measured by the elements of a list. */
function mapValue(shape: Extract<Shape, { kind: 'map' }>, text: string): unknown {
  return shape.value.kind === 'list' ? text.split('') : text
}

/** The JSON kinds, and what the real service says of each where it is wrong (ses.md "Wire basics"); undefined: it takes it. */
const jsonKinds: Readonly<Record<string, unknown>> = { text: 'not of this kind%', number: 7, boolean: true, list: [1], object: { a: 1 }, null: null }

function typeProbes(place: Place, make: Make): Probe[] {
  const { member } = place
  if (member.place === 'label') return []
  if (member.place === 'query') {
    // Everything in a query is text: only what must be read from it can be of the wrong kind.
    if (member.shape.kind !== 'number' && member.shape.kind !== 'timestamp') return []
    const text = member.shape.kind === 'number' ? "'none' can not be converted to Integer" : 'can not be converted to'
    return [make('wrong type', place, 'is a text', 'none', { kind: 'refused', type: 'SerializationException', text }, 'raw')]
  }
  const ofElements = member.shape.kind === 'list' ? typeProbesOf(member.shape.element, { ...place, path: [...place.path, '0'] }, make) : []
  return [...typeProbesOf(member.shape, place, make), ...ofElements]
}

function typeProbesOf(shape: Shape, place: Place, make: Make): Probe[] {
  return Object.entries(jsonKinds).map(([kind, value]) => make('wrong type', place, `is ${kind}`, value, expectedOf(shape, kind), 'raw'))
}

function expectedOf(shape: Shape, kind: string): Expectation {
  const refused = (text?: string): Expectation => ({ kind: 'refused', type: 'SerializationException', ...(text === undefined ? {} : { text }) })
  // Null is absence, but for a boolean, where the service fails without a text.
  if (kind === 'null') return shape.kind === 'boolean' ? refused('') : { kind: 'typed' }
  switch (shape.kind) {
    case 'string':
      if (kind === 'number') return refused('NUMBER_VALUE can not be converted to a String')
      if (kind === 'boolean') return refused('TRUE_VALUE can not be converted to a String')
      if (kind === 'list') return refused('Start of list found where not expected')
      return kind === 'object' ? refused('Start of structure or map found where not expected.') : { kind: 'typed' }
    case 'boolean':
      if (kind === 'number') return refused('NUMBER_VALUE can not be converted to a Boolean')
      return kind === 'text' || kind === 'boolean' ? { kind: 'typed' } : refused()
    case 'list':
      if (kind === 'object') return refused('Expected list or null')
      return kind === 'list' ? { kind: 'typed' } : refused()
    case 'map':
    case 'structure':
    case 'union':
      return kind === 'object' ? { kind: 'typed' } : refused()
    case 'number':
    case 'timestamp':
      return kind === 'number' ? { kind: 'typed' } : refused()
    case 'blob':
      return refused()
  }
}

function textProbes(place: Place, row: Constraint, make: Make): Probe[] {
  const { member } = place
  const typed: Expectation = { kind: 'typed' }
  const [huge, size] = member.place === 'body' ? ['x'.repeat(bodyTextCharacters), listElements] : ['x'.repeat(labelTextCharacters), 50]
  const probes: Probe[] = []
  if (member.shape.kind === 'string') {
    const refusedEmpty = (row.length?.[0] ?? 0) > 0 && member.place !== 'label'
    probes.push(make('empty text', place, 'is empty', '', refusedEmpty ? { kind: 'refused', type: 'BadRequestException' } : typed))
    probes.push(make('empty text', place, 'is a space', ' ', typed), make('huge', place, 'is a huge text', huge, typed))
  }
  if (member.shape.kind === 'list') {
    probes.push(make('empty text', place, 'is an empty list', [], typed))
    probes.push(make('huge', place, 'is a huge list', sized(place, size), typed))
    if (member.shape.element.kind === 'string') probes.push(make('empty text', place, 'has an empty element', [''], typed))
  }
  if (member.shape.kind === 'map') {
    probes.push(
      make('empty text', place, 'is an empty map', {}, typed),
      make('empty text', place, 'has an empty value', inside(member.shape, '', place), typed),
    )
    probes.push(make('huge', place, 'has a huge value', inside(member.shape, huge, place), typed))
  }
  if (member.shape.kind === 'number' && !row.range) for (const value of [0, -1, 2 ** 31 - 1]) probes.push(make('huge', place, `is ${value}`, value, typed))
  return probes
}
