// Who is calling.

/** The holder of a credential, as authenticated at a door. */
export interface Principal {
  /** `arn:aws:iam::<account>:root` or `…:user/<name>`. */
  readonly arn: string
  /** User name for the tag `ses:caller-identity`; `root` for the account itself. */
  readonly name: string
  readonly accessKeyId: string
}
