// The conformance run: every probe of every offered operation against a running service, counted per operation and class.
import type { TestContext } from 'node:test'
import { SendEmailCommand } from '@aws-sdk/client-sesv2'
import { type OperationSchema, readServiceSchema } from '../../src/api/protocols/schema.ts'
import * as offered from '../../src/api/services/ses/index.ts'
import { letterTo, startWorld } from '../harness/world.ts'
import { generateProbes } from './generate-probes.ts'
import { errorsOf, judgeAnswer } from './judge-answer.ts'
import { withValue } from './places.ts'
import { type Answer, type Input, type Probe, type ProbeClass, probeClasses } from './probe.ts'
import { createSender, type Sender } from './send-probe.ts'
import { type Ground, type ValidCase, validInputs } from './valid-inputs.ts'

/** Probes of one operation and class: all, those that went through the SDK, and those that succeeded. */
export interface Count {
  sent: number
  bySdk: number
  succeeded: number
}

/** What came of a run. */
export interface Report {
  readonly operations: ReadonlyMap<string, ReadonlyMap<ProbeClass, Count>>
  /** Answers by status and type. */
  readonly answers: ReadonlyMap<string, number>
  /** One sentence each: the operation, what was sent, what came back. */
  readonly faults: readonly string[]
}

/** Runs every probe against a world that ends with `t`. */
export async function runConformance(t: Pick<TestContext, 'after'>, options: { only?: readonly string[] } = {}): Promise<Report> {
  const world = await startWorld(t, { clock: 'system', environment: { BULKHEAD_EGRESS: '127.0.0.2/two.bulkhead.test,127.0.0.3/three.bulkhead.test' } })
  const sender = createSender({ ses: world.ses, port: world.http.port, credentials: world.service.credentials })
  const operations = new Map<string, Map<ProbeClass, Count>>()
  const answers = new Map<string, number>()
  const faults: string[] = []
  try {
    const ground = await prepareGround(world, sender)
    for (const schema of offeredOperations()) {
      if (options.only && !options.only.includes(schema.name)) continue
      const counts = new Map<ProbeClass, Count>(probeClasses.map((name) => [name, { sent: 0, bySdk: 0, succeeded: 0 }]))
      operations.set(schema.name, counts)
      await runOperation({ schema, sender, ground }, (probe, answer, fault) => {
        const count = counts.get(probe.class)
        if (count) {
          count.sent++
          if (answer.by === 'sdk') count.bySdk++
          if (answer.status < 300) count.succeeded++
        }
        const kind = `${answer.status} ${answer.type}`.trim()
        answers.set(kind, (answers.get(kind) ?? 0) + 1)
        if (fault) faults.push(`${schema.name}, ${probe.class}, ${probe.says} (${answer.by}): ${fault}`)
      })
    }
  } finally {
    sender.close()
  }
  return { operations, answers, faults }
}

/** The offered operations with their schemas, by name. */
export function offeredOperations(): OperationSchema[] {
  const names = new Set(Object.keys(offered).map((name) => name.charAt(0).toUpperCase() + name.slice(1)))
  return readServiceSchema()
    .operations.filter(({ name }) => names.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function prepareGround(world: Awaited<ReturnType<typeof startWorld>>, { call }: Sender): Promise<Ground> {
  await Promise.all([world.verifiedIdentity('shop.test'), world.verifiedIdentity('side.test')])
  await call('CreateConfigurationSet', { ConfigurationSetName: 'main' })
  const { MessageId: messageId = '' } = await world.ses.send(new SendEmailCommand(letterTo('known@far.test')))
  await world.waitForEvent(messageId, 'DELIVERY')
  let made = 0
  return { call, messageId, fresh: (kind) => `${kind}-${++made}` }
}

interface Task {
  readonly schema: OperationSchema
  readonly sender: Sender
  readonly ground: Ground
}

async function runOperation({ schema, sender, ground }: Task, record: (probe: Probe, answer: Answer, fault: string | undefined) => void): Promise<void> {
  const known = validInputs[schema.name]
  if (!known) throw new Error(`valid-inputs.ts has no row for ${schema.name}`)
  const errors = errorsOf(schema.name)
  let input = await known.input(ground)
  let used = false
  for (const probe of [...tableProbes(schema, known), ...generateProbes(schema)]) {
    // What must be refused leaves the ground as it is; anything else may have used up what the input needs.
    if (used) input = await known.input(ground)
    const sent = probe.change({ ...input, ...groundFor(known, probe) })
    const answer = probe.by === 'sdk' ? await sender.viaSdk(schema, sent) : await sender.viaRaw(schema, sent)
    used = answer.status < 300
    record(probe, answer, judgeAnswer(answer, probe.expect, errors))
    if (used) await known.restore?.(ground)
  }
}

/** What the valid input must be like for this member to make sense in it. */
function groundFor({ where = {} }: ValidCase, { at }: Probe): Input {
  return Object.entries(where).find(([prefix]) => at === prefix || at.startsWith(`${prefix}.`))?.[1] ?? {}
}

/** The probes that come from the table: the valid input by both ways, its required members alone, and the operation's own limits. */
function tableProbes(schema: OperationSchema, { also = [], limits = [], minimalRefused }: ValidCase): Probe[] {
  const success = { kind: 'success' } as const
  const refused = { kind: 'refused', type: 'BadRequestException' } as const
  const required = schema.input.members.filter((member) => member.required).map(({ name }) => name)
  const minimal = (valid: Input): Input => Object.fromEntries(Object.entries(valid).filter(([name]) => required.includes(name)))
  return [
    ...(['sdk', 'raw'] as const).flatMap((by) => [
      { class: 'valid', says: 'as in the table', at: '', expect: success, by, change: (valid: Input) => valid } as const,
      ...also.map(
        (more, position) =>
          ({ class: 'valid', says: `variant ${position + 1}`, at: '', expect: success, by, change: (valid: Input) => ({ ...valid, ...more }) }) as const,
      ),
      { class: 'minimal', says: 'only what is required', at: '', expect: minimalRefused === undefined ? success : refused, by, change: minimal } as const,
    ]),
    ...limits.flatMap(({ path, takes, refuses, type = 'BadRequestException' }) => {
      const probe = (kind: 'boundary' | 'over limit', value: unknown): Probe => ({
        class: kind,
        at: path.join('.'),
        says: `${path.join('.')} = ${JSON.stringify(value).slice(0, 60)}`,
        expect: kind === 'boundary' ? success : { kind: 'refused', type },
        by: 'sdk',
        change: (valid) => withValue(schema.input, valid, path, value),
      })
      return [...takes.map((value) => probe('boundary', value)), ...refuses.map((value) => probe('over limit', value))]
    }),
  ]
}
