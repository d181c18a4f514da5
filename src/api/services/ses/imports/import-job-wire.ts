// Import jobs as they stand on the wire.
import type { ImportDestination as WireDestination } from '@aws-sdk/client-sesv2'
import { refuse, type Refusal } from '../../../../model/refusal.ts'
import type { ImportDestination, ImportJobRecord } from '../../../../resources/import-jobs.ts'

const invalid = (text: string) => refuse('InvalidRequest', { text })

/** Reads the destination of a request. */
export function readDestination(destination: WireDestination | undefined): ImportDestination | Refusal {
  const { SuppressionListDestination: suppression, ContactListDestination: contacts } = destination ?? {}
  if ((suppression == null) === (contacts == null))
    return invalid('ImportDestination must contain exactly one of SuppressionListDestination or ContactListDestination.')
  if (suppression) return { kind: 'SUPPRESSION_LIST', action: suppression.SuppressionListImportAction ?? 'PUT' }
  return { kind: 'CONTACT_LIST', action: contacts?.ContactListImportAction ?? 'PUT', listName: contacts?.ContactListName ?? '' }
}

/** The members that a job shows alone and in a list. */
export function wireImportJob({ id, destination, status, createdAt, processed, failed }: ImportJobRecord) {
  return {
    JobId: id,
    ImportDestination:
      destination.kind === 'SUPPRESSION_LIST'
        ? { SuppressionListDestination: { SuppressionListImportAction: destination.action } }
        : { ContactListDestination: { ContactListName: destination.listName, ContactListImportAction: destination.action } },
    JobStatus: status,
    CreatedTimestamp: new Date(createdAt),
    ProcessedRecordsCount: processed,
    FailedRecordsCount: failed,
  }
}
