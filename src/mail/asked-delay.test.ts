// Waits that replies name, as they are spelled, and what is no wait.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askedDelayMs } from './asked-delay.ts'

const minuteMs = 60_000

test('a named wait is kept, with ten seconds on top', () => {
  for (const [text, ms] of [
    ['greylisted for 5 minutes', 5 * minuteMs],
    ['try again in 300 seconds', 5 * minuteMs],
    ['greylisting in action, please come back in 00:04:59', 299_000],
    ['please retry after 1 hour', 60 * minuteMs],
    ['greylisted, retry in 90s', 90_000],
    ['bitte versuchen sie es in 5 minuten erneut. erneut in 5 minuten', 5 * minuteMs],
    ['tente novamente em 10 minutos', 10 * minuteMs],
    ['you must wait 15 min', 15 * minuteMs],
    ['wait at least 20 minutes before trying again', 20 * minuteMs],
    ['too many mails, try again in 1 hour(s) 25 minute(s) and see', 85 * minuteMs],
    ['30 minutes before retrying', 30 * minuteMs],
  ] as const)
    assert.equal(askedDelayMs(text), ms + 10_000, text)
})

test('no wait, no delay; a wait without end is cut', () => {
  for (const text of ['please try again later', 'user unknown 5.1.1', 'try again later. (code 300)', '']) assert.equal(askedDelayMs(text), 0, text)
  assert.equal(askedDelayMs('try again in 99999 minutes'), 12 * 60 * minuteMs)
})
