// Programs that open and follow everything, and the mail programs and browsers of people, by the names they really give.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isProgram } from './judge-visitor.ts'

const visit = (userAgent: string | undefined, more: Record<string, string> = {}, method = 'GET') => ({
  method,
  sourceIp: '192.0.2.1',
  headers: { ...(userAgent === undefined ? {} : { 'user-agent': userAgent }), ...more },
})

test('people', () => {
  for (const userAgent of [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0',
    'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; Microsoft Outlook 16.0.5083; ms-office; MSOffice 16)',
    'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.10400; Pro)',
    'Outlook-iOS/723.4027091.prod.iphone (4.29.0)',
    'Mozilla/5.0 (Linux; Android 12; CUBOT NOTE 20 Build/RP1A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html',
    'Dalvik/2.1.0 (Linux; U; Android 13; SM-A536B Build/TP1A.220624.014)',
  ])
    assert.equal(isProgram(visit(userAgent)), false, userAgent)
  assert.equal(
    isProgram(visit('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', { 'sec-fetch-dest': 'document', purpose: 'x' })),
    false,
  )
})

test('programs', () => {
  for (const userAgent of [
    undefined,
    '',
    'Mozilla/5.0',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'facebookexternalhit/1.1 Facebot Twitterbot/1.0',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) BingPreview/1.0b',
    'Microsoft Office Existence Discovery',
    'Barracuda Sentinel (EE)',
    'curl/8.9.1',
    'python-requests/2.32.3',
    'Go-http-client/2.0',
    'Java/17.0.2',
    'Apache-HttpClient/4.5.13 (Java/11)',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0',
  ])
    assert.equal(isProgram(visit(userAgent)), true, userAgent)
  const reader = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  assert.equal(isProgram(visit(reader, {}, 'HEAD')), true)
  for (const more of [{ 'sec-purpose': 'prefetch;prerender' }, { purpose: 'prefetch' }, { 'x-purpose': 'preview' }, { 'x-moz': 'prefetch' }] as Record<
    string,
    string
  >[])
    assert.equal(isProgram(visit(reader, more)), true)
})
