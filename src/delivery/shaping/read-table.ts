// The operator's rules: a JSON file of the same shape, judged as a whole, read again when it changes. A file with a fault changes nothing.
import { readFileSync, statSync } from 'node:fs'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { providerNamed } from '../../mail/mailbox-provider.ts'
import { tableBytesMax, tableLookMs, tableRowsMax } from './limits.ts'
import { ownTable, type ShapingReaction, type ShapingRule, type ShapingTable } from './rules.ts'

/** The table that counts now. */
export interface ShapingSource {
  readonly table: ShapingTable
  close(): void
}

/**
 * @param file JSON with `rules` and `reactions`; undefined: only what comes with the service.
 * @param changed called after another table counts.
 * @throws Error when the file cannot be used at the start.
 */
export function openShapingTable(file: string | undefined, { clock, log, changed }: { clock: Clock; log: Log; changed: () => void }): ShapingSource {
  let table = ownTable
  let stamp = ''
  let timer: Timer | undefined
  if (file !== undefined) {
    stamp = stampOf(file)
    try {
      table = joined(readTable(readFileSync(file, 'utf8')))
    } catch (fault) {
      throw new Error(`BULKHEAD_SHAPING: ${file} cannot be used: ${(fault as Error).message}`, { cause: fault })
    }
    const look = () => {
      timer = clock.after(tableLookMs, look)
      const now = stampOf(file)
      if (now === stamp) return
      stamp = now
      try {
        table = joined(readTable(readFileSync(file, 'utf8')))
        log.info({ file }, 'shaping rules were read anew')
        changed()
      } catch (fault) {
        log.error({ file, fault: (fault as Error).message }, 'shaping rules cannot be used; those before stay')
      }
    }
    timer = clock.after(tableLookMs, look)
  }
  return {
    get table() {
      return table
    },
    close: () => timer?.cancel(),
  }
}

function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file)
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return 'gone'
  }
}

function joined(own: ShapingTable): ShapingTable {
  return { rules: [...ownTable.rules, ...own.rules], reactions: [...own.reactions, ...ownTable.reactions] }
}

/** @throws Error that names the place of the first fault. */
export function readTable(text: string): ShapingTable {
  if (text.length > tableBytesMax) throw new Error(`the file is larger than ${tableBytesMax} characters`)
  const given: unknown = JSON.parse(text)
  const { rules = [], reactions = [] } = members(given, 'the file', ['rules', 'reactions'])
  return {
    rules: rows(rules, 'rules').map((row, index) => readRule(row, `rules[${index}]`)),
    reactions: rows(reactions, 'reactions').map((row, index) => readReaction(row, `reactions[${index}]`)),
  }
}

const values = ['connections', 'providerConnections', 'messagesPerConnection', 'messagesPerSecond', 'messagesPerMinute'] as const

function readRule(given: unknown, at: string): ShapingRule {
  const { name, match = {}, set } = members(given, at, ['name', 'match', 'set'])
  const { provider, mx, address } = members(match, `${at}.match`, ['provider', 'mx', 'address'])
  const wanted = members(set, `${at}.set`, values)
  return {
    name: word(name, `${at}.name`),
    match: {
      ...(provider === undefined ? {} : { provider: knownProvider(provider, `${at}.match.provider`) }),
      ...(mx === undefined ? {} : { mx: word(mx, `${at}.match.mx`).toLowerCase().replace(/^\./, '') }),
      ...(address === undefined ? {} : { address: word(address, `${at}.match.address`) }),
    },
    set: Object.fromEntries(
      Object.entries(wanted).map(([key, value]) => [
        key,
        key === 'messagesPerSecond' ? amount(value, `${at}.set.${key}`, 0.001) : whole(value, `${at}.set.${key}`),
      ]),
    ),
  }
}

const actions = ['suspend', 'slow', 'ten-minutes'] as const
const retries = ['yes', 'no', 'slow', 'pause10', 'conn', 'alt-ip']
const scopes = ['recipient', 'message', 'content', 'tenant-domain', 'ip', 'infra']

function readReaction(given: unknown, at: string): ShapingReaction {
  const known = ['name', 'provider', 'retry', 'scope', 'rule', 'times', 'action', 'minutes', 'messagesPerMinute'] as const
  const { name, provider, retry, scope, rule, times = 1, action, minutes, messagesPerMinute } = members(given, at, known)
  const does = actions.find((each) => each === action)
  if (!does) throw new Error(`${at}.action must be one of ${actions.join(', ')}`)
  if ((does === 'slow') !== (messagesPerMinute !== undefined)) throw new Error(`${at}.messagesPerMinute belongs to the action slow, which needs it`)
  return {
    name: word(name, `${at}.name`),
    ...(provider === undefined ? {} : { provider: knownProvider(provider, `${at}.provider`) }),
    ...(retry === undefined ? {} : { retry: words(retry, `${at}.retry`, retries) }),
    ...(scope === undefined ? {} : { scope: words(scope, `${at}.scope`, scopes) }),
    ...(rule === undefined ? {} : { rule: words(rule, `${at}.rule`) }),
    times: whole(times, `${at}.times`),
    action: does,
    minutes: whole(minutes, `${at}.minutes`),
    ...(messagesPerMinute === undefined ? {} : { messagesPerMinute: whole(messagesPerMinute, `${at}.messagesPerMinute`) }),
  }
}

function members<Name extends string>(given: unknown, at: string, names: readonly Name[]): Partial<Record<Name, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Error(`${at} must be an object`)
  for (const name of Object.keys(given))
    if (!(names as readonly string[]).includes(name)) throw new Error(`${at}.${name} is not known; there are ${names.join(', ')}`)
  return given
}

function rows(given: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(given)) throw new Error(`${at} must be a list`)
  if (given.length > tableRowsMax) throw new Error(`${at} has more than ${tableRowsMax} rows`)
  return given
}

function word(given: unknown, at: string): string {
  if (typeof given !== 'string' || given === '' || given.length > 255) throw new Error(`${at} must be a text of 1 to 255 characters`)
  return given
}

function words(given: unknown, at: string, known?: readonly string[]): string[] {
  return rows(given, at).map((each) => {
    const text = word(each, at)
    if (known && !known.includes(text)) throw new Error(`${at} must hold only ${known.join(', ')}`)
    return text
  })
}

function knownProvider(given: unknown, at: string): string {
  const provider = providerNamed(word(given, at))
  if (provider === undefined) throw new Error(`${at} is not a mailbox provider that is told apart`)
  return provider
}

function whole(given: unknown, at: string): number {
  if (typeof given !== 'number' || !Number.isInteger(given) || given < 1 || given > 1_000_000) throw new Error(`${at} must be a whole number of 1 to 1000000`)
  return given
}

function amount(given: unknown, at: string, least: number): number {
  if (typeof given !== 'number' || !(given >= least && given <= 1_000_000)) throw new Error(`${at} must be a number of ${least} to 1000000`)
  return given
}
