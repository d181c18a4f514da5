// The tours of Debian's boto3 and awscli: SES v2 as far as the installed model knows it, SES v1 and STS whole.
import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { excused } from './excused.ts'
import { offeredOperations } from './offered-operations.ts'
import type { Step } from './step.ts'
import { storySts, storyV1 } from './story-v1.ts'
import { movingOut, storyV2 } from './story-v2.ts'
import { missedOperations, type Tour } from './tally.ts'
import { type LocalCredentials, startTourService } from './tour-service.ts'

const run = promisify(execFile)
const python = '/usr/bin/python3'

/** Why the tool cannot go on tour; undefined when it can. */
export async function missingTool(tool: 'boto3' | 'awscli'): Promise<string | undefined> {
  const [module, packageName] = tool === 'boto3' ? ['boto3', 'python3-boto3'] : ['awscli.clidriver', 'awscli']
  return run(python, ['-c', `import ${module}`]).then(
    () => undefined,
    () => `${packageName} is not installed (apt-get install ${packageName})`,
  )
}

/** One process of the tool walks the whole story. */
export async function tourPython(t: Pick<TestContext, 'after'>, tool: 'boto3' | 'awscli'): Promise<Tour> {
  const { local } = await startTourService(t)
  const walked = await walk(tool, local, [...storySts, ...storyV2, ...movingOut, ...storyV1])
  const tour = {
    client: tool === 'boto3' ? "boto3 (Debian's)" : "awscli (Debian's)",
    visits: walked.visits,
    failures: walked.failures,
    unknown: walked.unknown,
  }
  const known = [...offeredOperations.sesv2, ...offeredOperations.ses, ...offeredOperations.sts].filter((name) => walked.known.includes(name))
  // A step that needs the answer of an operation that the version does not know cannot be walked; it was told.
  const possible = known.filter((name) => !walked.unknown.some((line) => line.startsWith(`${name}:`)))
  return { ...tour, failures: [...tour.failures, ...missedOperations(tour, possible, excused[tool] ?? {})] }
}

interface Walked {
  readonly visits: Tour['visits']
  readonly failures: string[]
  readonly unknown: string[]
  /** All operations of the installed models. */
  readonly known: string[]
}

function walk(tool: string, local: LocalCredentials, story: readonly Step[]): Promise<Walked> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [join(import.meta.dirname, 'walk_story.py'), tool, local.endpoint], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/bin:/bin',
        HOME: '/nonexistent',
        AWS_ACCESS_KEY_ID: local.accessKeyId,
        AWS_SECRET_ACCESS_KEY: local.secretAccessKey,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_MAX_ATTEMPTS: '1',
        AWS_PAGER: '',
      },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out) as Walked)
      else reject(new Error(`${tool} ended with ${code}: ${err}`))
    })
    child.stdin.end(JSON.stringify(story))
  })
}
