// Bounds of the identity calls of v1.

/** Identities in one question. Source: SES API reference v1, GetIdentityVerificationAttributes: "up to 100 identities at a time". */
export const identitiesAskedMax = 100
