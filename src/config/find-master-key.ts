// The master key for a command that only looks: from the settings or the data directory of an instance on this machine. Never makes one.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { masterKeyFile } from './missing-in-production.ts'
import { parseMasterKey } from './parse-values.ts'
import { readFileSettings } from './read-files.ts'
import type { SettingSources } from './setting-rows.ts'

/**
 * @param folder against which a relative data directory is meant.
 * @returns 32 bytes; undefined when no instance has a key here, or it is closed to us.
 */
export function findMasterKey(sources: SettingSources, folder: string): Buffer | undefined {
  const file = readFileSettings(sources, [])
  const given = sources.environment.BULKHEAD_MASTER_KEY ?? file.BULKHEAD_MASTER_KEY
  if (given?.trim()) return parseMasterKey(given.trim())
  const dataDir = sources.flags['data-dir'] || sources.environment.BULKHEAD_DATA_DIR || file.BULKHEAD_DATA_DIR || 'data'
  try {
    const key = Buffer.from(readFileSync(masterKeyFile(resolve(folder, dataDir)), 'utf8'), 'base64')
    return key.length === 32 ? key : undefined
  } catch {
    return undefined
  }
}
