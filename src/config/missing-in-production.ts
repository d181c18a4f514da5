// What a production service refuses to start without.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from './settings.ts'

/** What a production service must know of itself; one line each. */
export function missingInProduction(settings: Settings): string[] {
  const missing: string[] = []
  // Development mode keeps its credentials there, and identities that only its own DNS verified.
  if (existsSync(join(settings.dataDir, 'credentials.json')))
    missing.push(`BULKHEAD_DATA_DIR must be another directory: ${settings.dataDir} was used in development mode, which verifies every identity by itself.`)
  if (!settings.hostname.includes('.')) missing.push('BULKHEAD_HOSTNAME is missing: set the full host name of this service, for example mail.example.com.')
  if (settings.egress.length === 0)
    missing.push('BULKHEAD_EGRESS is missing: set the sending addresses with their EHLO names, for example 192.0.2.10/mail.example.com.')
  if (!settings.masterKey && !existsSync(masterKeyFile(settings.dataDir)))
    missing.push('BULKHEAD_MASTER_KEY is missing: set 32 random bytes as base64, for example from `openssl rand -base64 32`.')
  if (settings.dkimRotationDays !== undefined && !settings.dns)
    missing.push('BULKHEAD_DNS is missing: BULKHEAD_DKIM_ROTATION_DAYS makes new keys, and only the own zone can publish them.')
  if (!settings.rootKey) missing.push('BULKHEAD_ACCESS_KEY_ID and BULKHEAD_SECRET_ACCESS_KEY are missing: set the root credential of the account.')
  return missing
}

/** Where the generated master key lies. */
export function masterKeyFile(dataDir: string): string {
  return join(dataDir, 'master.key')
}
