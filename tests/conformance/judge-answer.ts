// Judges one answer against what a probe expects, and against what holds for every answer.
import { readFileSync } from 'node:fs'
import type { Answer, Expectation } from './probe.ts'

// What the service may answer to any operation, whatever its model names (CommonErrors of the API reference, and the door's own).
const commonErrors = [
  'AccessDeniedException',
  'BadRequestException',
  'RequestEntityTooLargeException',
  'SerializationException',
  'TooManyRequestsException',
  'UnknownOperationException',
]

// What the model forgets and the service was seen to answer (import jobs look for the contact list when they are created).
const seenErrors: Readonly<Record<string, readonly string[]>> = { CreateImportJob: ['NotFoundException'] }

/** The exceptions that an operation may answer: those its command declares, and the common ones. */
export function errorsOf(operation: string): ReadonlySet<string> {
  const declared = readFileSync(new URL(`../../node_modules/@aws-sdk/client-sesv2/dist-types/commands/${operation}Command.d.ts`, import.meta.url), 'utf8')
  return new Set([...commonErrors, ...(seenErrors[operation] ?? []), ...[...declared.matchAll(/@throws \{@link (\w+)\}/g)].map(([, name]) => name ?? '')])
}

// A pattern that the operation judges is another thing than the limit.
const limitSentences = /Member must have (length|value)|enum value set/

/** What is wrong with the answer; undefined when nothing is. */
export function judgeAnswer(answer: Answer, expect: Expectation, errors: ReadonlySet<string>): string | undefined {
  const { status, type, message } = answer
  const said = `${status} ${type}: ${message.slice(0, 300)}`
  if (status >= 500 || status < 200) return `a fault of the service: ${said}`
  const succeeded = status < 300
  if (!succeeded && type === '') return `no type: ${said}`
  if (!succeeded && !errors.has(type)) return `not among the errors of the operation: ${said}`
  if (!succeeded && message === '' && type !== 'SerializationException') return `no text: ${said}`
  switch (expect.kind) {
    case 'success':
      return succeeded ? undefined : `must succeed: ${said}`
    case 'withinLimit':
      return limitSentences.test(message) && message.includes(`at '${expect.spelt}' failed`) ? `the limit is allowed: ${said}` : undefined
    case 'refused':
      if (type !== expect.type) return `must be ${expect.type}: ${said}`
      return expect.text === undefined || (expect.text === '' ? message === '' : message.includes(expect.text))
        ? undefined
        : `must say "${expect.text}": ${said}`
    case 'typed':
      return undefined
  }
}
