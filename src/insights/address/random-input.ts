// Whether a local part looks as if nobody chose it: typed at random, or made by a machine. The weight of evidence, in bits, that the letters
// were drawn by lot rather than written by a person: for each pair of neighbours, how much less likely the second letter follows the first in
// names than among 26 equal ones. Letters and digits that alternate, capitals within words and walks over a keyboard add to it.
// Leaves to whom: what a doubtful local part means for the address is judge-address.ts.
import type { Confidence } from '../../model/address-validation.ts'
import { languageSample } from './language-sample.ts'

// Chosen on the words of random-input.test.ts: at 10 bits none of two hundred real local parts is taken for random, and three of four of ten drawn letters are.
const bitsHigh = 10
const bitsMedium = 7
/** Initials and short nicknames say nothing. */
const charactersMin = 6
/** One step between letters and digits more than the two of `ann84b`. */
const bitsPerStep = 2
const freeSteps = 2
/** One capital behind a small letter more than the two of `AnnMarieLee`. */
const bitsPerCapital = 1.5
const freeCapitals = 2
const bitsOfWalk = 20
const walkLettersMin = 5

const letters = 26
const pairBits = learn(languageSample)
const keyboardRows = ['qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'qsdfghjklm', 'zxcvbnm', 'yxcvbnm', 'wxcvbn']
const walks = new Set(keyboardRows.flatMap((row) => [row, [...row].reverse().join('')]).flatMap((row) => windows(row, walkLettersMin)))

/** HIGH: it is random. What stands behind `+` is a label of the owner's and does not count. */
export function judgeRandomInput(localPart: string): Confidence {
  const bits = randomBits(localPart)
  return bits >= bitsHigh ? 'HIGH' : bits >= bitsMedium ? 'MEDIUM' : 'LOW'
}

/** Evidence for chance in bits; negative: somebody chose it. */
export function randomBits(localPart: string): number {
  const own = localPart.replace(/^"(.*)"$/s, '$1').split('+')[0] ?? ''
  if (own.length < charactersMin || !/[a-z]/i.test(own)) return 0
  const lower = own.toLowerCase()
  let bits = 0
  for (const run of lower.match(/[a-z]+/g) ?? []) bits += bitsOfRun(run)
  const steps = count(lower, /[a-z](?=[0-9])|[0-9](?=[a-z])/g)
  bits += Math.max(0, steps - freeSteps) * bitsPerStep
  bits += Math.max(0, count(own, /[a-z](?=[A-Z])/g) - freeCapitals) * bitsPerCapital
  if (windows(lower, walkLettersMin).some((piece) => walks.has(piece) || /^(.)\1+$/.test(piece))) bits += bitsOfWalk
  return bits
}

function bitsOfRun(run: string): number {
  let bits = 0
  for (let at = 1; at < run.length; at++) bits += pairBits[indexOf(run, at - 1) * letters + indexOf(run, at)] ?? 0
  return bits
}

/** For each pair the bits by which chance explains it better than the sample does; pairs that the sample lacks count a fraction. */
function learn(sample: string): Float64Array {
  const unseen = 0.15
  const counts = new Float64Array(letters * letters).fill(unseen)
  const firsts = new Float64Array(letters).fill(unseen * letters)
  for (const word of sample.match(/[a-z]+/g) ?? []) {
    for (let at = 1; at < word.length; at++) {
      const first = indexOf(word, at - 1)
      const pair = first * letters + indexOf(word, at)
      counts[pair] = (counts[pair] ?? 0) + 1
      firsts[first] = (firsts[first] ?? 0) + 1
    }
  }
  return counts.map((seen, pair) => Math.log2((firsts[Math.floor(pair / letters)] ?? 1) / (seen * letters)))
}

function indexOf(text: string, at: number): number {
  return text.charCodeAt(at) - 97
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function windows(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length))
}
