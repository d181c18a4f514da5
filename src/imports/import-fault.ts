// Why a whole import fails, in words for the caller (`FailureInfo.ErrorMessage`).

/** The job ends with its message. */
export class ImportFault extends Error {
  override readonly name = 'ImportFault'
}
