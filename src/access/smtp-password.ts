// The SMTP password of an access key, derived as SES does: six HMAC steps and a version byte (ses.md §8.6).
import { createHmac } from 'node:crypto'

/** 44 characters of base64; the SMTP user name is the access key id. */
export function smtpPassword(secret: string, region: string): string {
  let key: Buffer = createHmac('sha256', `AWS4${secret}`).update('11111111').digest()
  for (const step of [region, 'ses', 'aws4_request', 'SendRawEmail']) key = createHmac('sha256', key).update(step).digest()
  return Buffer.concat([Buffer.of(4), key]).toString('base64')
}
