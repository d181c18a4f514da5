// Where the service is and who asks: flags win over AWS_ variables, these over BULKHEAD_ ones, these over what a local instance left in its
// data directory. Profiles and ~/.aws are not read: they hold keys of another service, which must not be sent to this one by mistake.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CommandFailure, exitCodes, type GlobalOptions, type Terminal } from './terminal.ts'

/** Whom to call and as whom. */
export interface Connection {
  /** Without a slash at its end. */
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** The file that the service writes into its data directory, mode 0600. */
export const credentialsFileName = 'credentials.json'

/** Finds endpoint, region and credentials. @throws CommandFailure 253 when there are no credentials or the endpoint is no URL. */
export function findConnection(options: GlobalOptions, terminal: Pick<Terminal, 'environment' | 'folder'>): Connection {
  const environment = terminal.environment
  const path = join(resolve(terminal.folder, options.dataDir || environment.BULKHEAD_DATA_DIR || 'data'), credentialsFileName)
  const local = readLocal(path)
  const endpoint = options.endpointUrl || environment.AWS_ENDPOINT_URL_SESV2 || environment.AWS_ENDPOINT_URL || local.endpoint || 'http://127.0.0.1:8025'
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new CommandFailure(exitCodes.configuration, `Invalid endpoint: ${endpoint} is no http or https URL.`)
  }
  const given =
    pair(options.accessKeyId, options.secretAccessKey) ??
    pair(environment.AWS_ACCESS_KEY_ID, environment.AWS_SECRET_ACCESS_KEY) ??
    pair(environment.BULKHEAD_ACCESS_KEY_ID, environment.BULKHEAD_SECRET_ACCESS_KEY)
  const keys = given ?? pair(local.accessKeyId, local.secretAccessKey)
  // Keys that a local instance left belong to its region, whatever region the shell is set to for AWS.
  const regionOfKeys = given ? undefined : local.region
  if (!keys) {
    throw new CommandFailure(
      exitCodes.configuration,
      `Unable to locate credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the data directory of a local instance by --data-dir (looked for ${path}).`,
    )
  }
  const token = keys.accessKeyId === environment.AWS_ACCESS_KEY_ID ? environment.AWS_SESSION_TOKEN : undefined
  return {
    endpoint: endpoint.replace(/\/+$/, ''),
    region:
      options.region || regionOfKeys || environment.AWS_REGION || environment.AWS_DEFAULT_REGION || environment.BULKHEAD_REGION || local.region || 'us-east-1',
    ...keys,
    ...(token ? { sessionToken: token } : {}),
  }
}

function pair(accessKeyId: string | undefined, secretAccessKey: string | undefined) {
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined
}

// Absent or closed to us: then it is not our instance. Broken: worth a word.
function readLocal(path: string): Record<string, string | undefined> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return {}
  }
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read !== 'object' || read === null) throw new SyntaxError('no object')
    return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]))
  } catch (cause) {
    throw new CommandFailure(exitCodes.configuration, `${path} is not readable as JSON; start the service again or remove the file.`, { cause })
  }
}
