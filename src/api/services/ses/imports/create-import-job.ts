// CreateImportJob. The URL may also name a file of the imports folder or an HTTP address; SES takes S3 only.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { contactLists } from '../../../../resources/contact-lists.ts'
import { importJobs } from '../../../../resources/import-jobs.ts'
import { addJob } from '../../../../resources/jobs.ts'
import type { Operation } from '../../../operation.ts'
import { readDestination } from './import-job-wire.ts'

const urlFault =
  "1 validation error detected: Value at 'importDataSource.s3Url' failed to satisfy constraint: Member must satisfy regular expression pattern: ^s3:\\/\\/([^\\/]+)\\/(.*?([^\\/]+)\\/?)$. Taken here: s3://bucket/key with a bucket name of 3 to 63 characters, file:///name of a file in the imports folder, and https://…"

export const createImportJob: Operation<'CreateImportJob'> = async (input, _call, { store, clock, random, objects, wakeJobs }) => {
  const { S3Url: url = '', DataFormat: format = 'CSV' } = input.ImportDataSource ?? {}
  const judged = objects.judge(url)
  if (judged === 'malformed') return refuse('InvalidRequest', { text: urlFault })
  if (judged === 'no store') return refuse('InvalidRequest', { text: 'No S3-compatible store is set up here. The operator sets BULKHEAD_S3_ACCESS_KEY_ID.' })
  const destination = readDestination(input.ImportDestination)
  if (isRefusal(destination)) return destination
  const job = { url, format, destination, processed: 0, failed: 0, copy: undefined, attempts: 0, position: 0, failedBytes: 0 }
  const ends = { completedAt: undefined, errorMessage: undefined, place: undefined }
  const id = random.uuid()
  const refusal = await commitDecision(store, async () => {
    if (destination.kind === 'CONTACT_LIST' && !(await store.get(contactLists, destination.listName)))
      return refuse('NotFound', { text: `ContactList <${destination.listName}> doesn't exist` })
    const changes = await addJob(store, importJobs, { ...job, ...ends, id, status: 'CREATED', createdAt: clock.now() })
    if (!changes) return refuse('LimitExceeded', { text: `The maximum number of concurrent import jobs (${importJobs.unfinishedMax}) has been reached.` })
    return { answer: undefined, changes }
  })
  if (isRefusal(refusal)) return refusal
  wakeJobs('import')
  return { JobId: id }
}
