// Access keys: who holds which secret. SigV4 and SMTP passwords are computed from the clear secret, so it is sealed, not hashed.
import { collection } from '../storage/store.ts'

/** A stored key. */
export interface AccessKeyRecord {
  readonly accessKeyId: string
  readonly sealedSecret: string
  readonly principalArn: string
  readonly principalName: string
  readonly active: boolean
  readonly createdAt: number
}

/** Access keys by id. */
export const accessKeys = collection<AccessKeyRecord>('access-key')
