// Maxima of templates. SES's where the line says so; the others keep one render well below half a second.

/** ses.md §9: characters of a stored template, its three parts together. */
export const storedTemplateCharactersMax = 500 * 1024
/** ses.md §9: the same for a template inside a request. */
export const inlineTemplateCharactersMax = 1024 * 1024
/** Ours: tags of one template, its three parts together. Real templates have hundreds; the parser takes ten microseconds for each. */
export const tagsMax = 20_000
/** Ours: blocks and partials within each other, when written and when run. A partial that calls itself ends here. */
export const nestingMax = 100
/** Ours: statements and rounds of one message; a tenth of a second. */
export const stepsMax = 1_000_000
/** Ours: processor time of one message, where the caller can tell it: not the time that a busy machine lets it wait. */
export const renderCpuMsMax = 400
/** Ours: characters of one rendered message, its three parts together. */
export const outputCharactersMax = 10 * 1024 * 1024
