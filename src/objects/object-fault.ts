// Why an object could not be read or written, in words that may be told to the caller.

/** `isFinal`: trying again does not help. */
export class ObjectFault extends Error {
  override readonly name = 'ObjectFault'
  readonly isFinal: boolean
  constructor(message: string, isFinal: boolean, options?: ErrorOptions) {
    super(message, options)
    this.isFinal = isFinal
  }
}
