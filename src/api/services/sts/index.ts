// The STS operations that are offered. What is missing here stands in not-offered.ts.
export { getCallerIdentity } from './get-caller-identity.ts'
