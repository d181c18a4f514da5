// The service that a tour visits: the real one in development mode, in a process of its own.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { waitFor } from '../harness/wait-for.ts'
import { type ServiceProcess, startProcess } from '../harness/service-process.ts'

/** What `npm start` leaves for clients. */
export interface LocalCredentials {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of SMTP. */
  readonly certificate: string
}

/** Starts it; it ends with `t`. */
export async function startTourService(t: Pick<TestContext, 'after'>): Promise<{ service: ServiceProcess; local: LocalCredentials }> {
  const service = await startProcess(t as TestContext, { environment: { BULKHEAD_EGRESS: '127.0.0.2/two.bulkhead.test,127.0.0.3/three.bulkhead.test' } })
  const path = join(service.dataDir, 'data/credentials.json')
  // Written when everything is up, a moment after the doors are open.
  await waitFor('credentials.json', () => existsSync(path))
  const local = JSON.parse(readFileSync(path, 'utf8')) as LocalCredentials
  // What the story's import job reads.
  mkdirSync(join(service.dataDir, 'data/imports'), { recursive: true })
  writeFileSync(join(service.dataDir, 'data/imports/list.csv'), 'imported@far.test,COMPLAINT\n')
  return { service, local }
}
