// Whether a program answered in a recipient's place: vacation notes, receipts of tickets, challenges. RFC 3834, and the fields and subjects of
// systems that do not know it. The address is alive, so nothing of it is a bounce.
import { type Field, readableValue, fieldValue } from './read-fields.ts'

const subjects = new RegExp(
  [
    '^(?:re: ?)?(?:auto(?:matic|matische|matisch)?[ -]?(?:reply|response|respon|answer|generated|antwort|svar))',
    '^auto(?:reply|response|responder|antwort|matisch(?:e)?)?:',
    '\\bauto[- ]?(?:reply|response|responder)\\b',
    'out[- ]of[- ](?:the[- ])?office|\\booo\\b|away from (?:the |my )?(?:office|desk|mail)|on (?:vacation|holiday|leave)|vacation (?:reply|message|notice|response)|\\bvacation\\b|i.?a?m (?:away|out)|(?:annual|maternity|parental) leave|absent from',
    'abwesenheits?|abwesend|nicht im b.ro|im urlaub|au(?:ß|ss)er haus|automatische antwort|eingangsbest.tigung',
    'r.ponse automatique|absen(?:ce|t)|en cong.s?|message d.absence|accus. de r.ception',
    'respuesta autom|fuera de (?:la )?oficina|ausen(?:te|cia)|de vacaciones',
    'resposta autom|fora do escrit|aus.ncia|f.rias',
    'risposta automatica|fuori (?:sede|ufficio)|assen(?:te|za)|in ferie',
    'automatisch(?:e)? (?:antwoord|beantwoord)|afwezig(?:heid)?|niet op kantoor|op vakantie',
    'autosvar|fr.nvarande|frav.r|automaattinen vastaus|poissa',
    'automatyczna odpowied|poza biurem|nieobecno|urlop',
    'автоответ|автоматический ответ|вне офиса|в отпуске|отсутстви',
    'automatick. odpov|mimo kancel|otomatik (?:yan.t|cevap)',
    '自動(?:返信|応答)|不在|休暇',
    '自动(?:回复|答复)|自動(?:回覆|回應)|外出|休假|부재|자동 ?(?:응답|회신)',
    '(?:please )?(?:confirm|verify) (?:your|that you|you sent)|(?:message|mail|e-?mail) (?:awaiting|pending|requires?) (?:your )?(?:confirmation|verification|approval)|(?:challenge|confirmation request|sender (?:verification|address verification)|action required to deliver)',
    '(?:thank(?:s| you) for (?:your|contacting|the)|we (?:have )?received your)|\\[?(?:ticket|case|request|incident) ?(?:id)?[ :#\\]-]{0,3}\\d|your (?:request|ticket|inquiry|enquiry|e-?mail|message) (?:has been|was) (?:received|created)',
    'no longer (?:with|at|work)|has left|address (?:has )?changed|new (?:e-?mail )?address|changed (?:my )?e-?mail',
  ].join('|'),
  'i',
)

const automaticFields = [
  'x-autoreply',
  'x-autorespond',
  'x-auto-reply',
  'x-autoreply-from',
  'x-mail-autoreply',
  'x-auto-response',
  'x-vacation',
  'auto-response',
  'x-amazon-auto-reply',
  'x-arc-auto-reply',
  'x-ms-exchange-generated-message-source',
]

/** Fields by which a program says that it answered. */
export function saysAutomatic(fields: readonly Field[]): boolean {
  if (/^auto-?(?:replied|notified|responded)/i.test(fieldValue(fields, 'auto-submitted') ?? '')) return true
  if (/^auto[-_]?reply/i.test(fieldValue(fields, 'precedence') ?? '')) return true
  if (fieldValue(fields, 'x-ms-exchange-inbox-rules-loop', 'x-exclaimer-autoreply') !== undefined) return true
  if (/vacation|auto-?repl|auto-?respon|out.of.office/i.test(fieldValue(fields, 'x-mailer', 'user-agent') ?? '')) return true
  return automaticFields.some((name) => !/^(?:no|false|0)$/i.test(fieldValue(fields, name) ?? 'no') && !/journal/i.test(fieldValue(fields, name) ?? ''))
}

/** Subjects of automatic answers. */
export function isAutomaticSubject(fields: readonly Field[]): boolean {
  return subjects.test(readableValue(fieldValue(fields, 'subject')).slice(0, 500))
}

/**
 * A person's machine answered. Bulk mail with such a subject is no answer, so a subject alone counts only where something shows an answer or
 * the program says so.
 */
export function isAutoReply(fields: readonly Field[]): boolean {
  if (saysAutomatic(fields)) return true
  if (!isAutomaticSubject(fields)) return false
  const submitted = fieldValue(fields, 'auto-submitted')
  if (submitted !== undefined && !/^no\b/i.test(submitted)) return true
  if (fieldValue(fields, 'list-id', 'list-unsubscribe') !== undefined) return false
  if (fieldValue(fields, 'x-auto-response-suppress', 'in-reply-to', 'references', 'precedence') !== undefined) return true
  return /^(?:re|aw|sv|antw|odp|r.f)?:? ?(?:auto|out of|abwesen|r.ponse auto|respuesta auto|resposta auto|risposta auto|自動|自动|vacation|away)/i.test(
    readableValue(fieldValue(fields, 'subject')),
  )
}
