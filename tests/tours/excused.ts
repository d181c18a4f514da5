// Offered operations that a tour need not visit, each with its reason. Empty is best.

/** By client, then by `service.Operation`. */
export const excused: Readonly<Record<string, Readonly<Record<string, string>>>> = {}
