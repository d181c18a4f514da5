// Named maxima of imports, each with its reason.

/** SES: addresses in one file for the suppression list. */
export const suppressionRecordsMax = 100_000
/** SES: contacts in one file. */
export const contactRecordsMax = 1_000_000
/** Bytes of one record: the data of a contact (16,384 characters of up to three bytes, its quotes doubled), and room. */
export const recordBytesMax = 128 * 1024
/** Records that take effect in one commit: up to 500 changes, well below the time that a send would notice. */
export const recordsPerCommit = 100
/** Bytes of records that take effect in one commit: a hundred large ones would hold up the whole process while they are parsed. */
export const bytesPerCommit = 1024 * 1024
/** Imports that run at once; each holds a piece of its file and one batch. */
export const importsAtOnce = 2
/** How often the road looks for work by itself, and when a file that could not be had is tried again. */
export const importPollMs = 30_000
/** How often a file is tried to be had. */
export const fetchAttemptsMax = 5
/** Bytes of bad records that are kept for download; further ones are only counted. */
export const failedBytesMax = 64 * 1024 * 1024
/** Bytes of a bad record that are repeated in that file. */
export const failedRecordBytesMax = 1_024
/** How often old jobs are looked for. */
export const forgetMs = 86_400_000
