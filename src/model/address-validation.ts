// The words of address validation: how sure a verdict is, and which verdict a sender wants before mail goes out (SES Auto Validation).

/**
 * How likely the named thing is true. For what one wishes (`IsValid`, `HasValidSyntax`, `MailboxExists`) HIGH is good; for what one does not
 * (`IsDisposable`, `IsRandomInput`, `IsRoleAddress`) HIGH says that it is so.
 */
export type Confidence = 'LOW' | 'MEDIUM' | 'HIGH'

/** The least verdict that mail goes out to. MANAGED is the service's choice: here the same as MEDIUM, so that only what is known not to take mail is held back. */
export type ValidationThreshold = 'MEDIUM' | 'HIGH' | 'MANAGED'

/** Whether mail may go to an address of this verdict. */
export function meetsThreshold(isValid: Confidence, threshold: ValidationThreshold): boolean {
  return threshold === 'HIGH' ? isValid === 'HIGH' : isValid !== 'LOW'
}
