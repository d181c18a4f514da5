// What systems write into reports beside or instead of a reply: no SMTP dialogue has these words, so they count in reports alone.
import { auth, declined, gone, mailboxFull, noEmail, type RuleSet, undetermined, unreachable, words } from './rule.ts'

/** The rule for words that give no reason. */
export const noReasonRule = 'report/no-reason'

/** Reports. */
export const reports: RuleSet = {
  rules: [
    {
      name: 'report/full-until-expiry',
      text: words('(?:mail ?box|inbox|quota|mail ?folder)[^.;]{0,30}(?:full|exceeded)[^.;]{0,20}(?:retry time|expired|giv(?:en|ing) up)'),
      phases: ['async-dsn'],
      means: mailboxFull,
    },
    {
      name: 'report/domain-not-found',
      text: words('dns error.{0,120}nxdomain', '(?<!or )domain name not found', 'domain .{1,80} couldn.t be found'),
      phases: ['async-dsn'],
      means: gone,
    },
    {
      name: 'report/no-connection',
      text: words(
        'did(?:n.t| not) accept our requests? to connect',
        '(?:destination|recipient.s?) (?:computer|server|host) (?:was|is) not reachable',
        'host .{1,80} is not responding',
      ),
      phases: ['async-dsn'],
      means: unreachable,
    },
    {
      name: 'report/expired',
      text: words(
        'delivery failed \\d+ (?:attempts|times)',
        '(?:not|never) (?:been )?(?:delivered|collected) (?:within|after|for) .{0,20}(?:\\d|days?|hours?)',
        'aborted after .{0,20}(?:hours?|days?|attempts)',
        'after .{0,10}\\d+ (?:delivery )?attempts',
        'despite repeated attempts',
        '\\b(?:message|delivery|queue)\\b[^.;]{0,40}\\bexpired',
      ),
      phases: ['async-dsn'],
      means: { ...unreachable, retry: 'no' },
    },
    {
      name: 'report/certificate',
      text: words('(?:certificate|tls|ssl)\\b[^.;]{0,60}(?:invalid|expired|not trusted|mismatch|verif|fail)'),
      phases: ['async-dsn'],
      means: unreachable,
    },
    {
      name: 'report/sender-unknown',
      text: words(
        '\\byour (?:e-?mail |mail |own )?(?:address|account|domain)\\b[^.;]{0,30}(?:not (?:valid|known|exist)|n.t exist|does not exist|invalid|unknown)',
        '(?:no such|unknown|non-?existent) sender',
      ),
      phases: ['async-dsn'],
      means: auth,
    },
    {
      // Refused by a person's own choice: the address is alive.
      name: 'report/not-accepting-from',
      text: words(
        '(?:not accept\\w*|refus\\w+|reject\\w*) (?:mail|messages?|e-?mails?) from (?:you|<address>|this sender)',
        'recipient.?s? preferences',
        '(?:recipient|user|customer).?s (?:own |personal )?(?:block|black|deny) ?list',
      ),
      phases: ['async-dsn'],
      means: declined,
    },
    {
      name: 'report/unknown-destination',
      text: words(
        '(?:destination |following |e-?mail )(?:addresses|recipients|users) (?:were|was|are) (?:unknown|invalid|not (?:found|known|valid))',
        'invalid final delivery user ?id',
        '(?:e-?mail )?address (?:you entered )?(?:couldn.t|could not) be found',
        'not a valid user of the system',
      ),
      phases: ['async-dsn'],
      means: noEmail,
    },
    // What says only that mail did not arrive. Whoever asks looks on for a reason (feedback/judge-recipient.ts).
    {
      name: noReasonRule,
      text: words(
        '\\b(?:unknown|unspecified|undetermined) (?:\\w+ )?(?:error|problem|reasons?|cause|failure|issue)',
        'undeliverable (?:mail|message|e-?mail|addresses|recipients|users)\\b(?: (?:for|to)(?: the| this)? \\w+)?\\W*(?:<address>\\W*)?$',
        'message undeliverable\\W{1,3}(?:recipients?\\W*)?(?:<address>\\W*)?$',
        '(?:nicht (?:zustellbar|erreichbar)|unzustellbar)\\W*(?:<address>\\W*)?$',
        '(?:pas|non) (?:joignable|remis|distribuable)\\W*(?:<address>\\W*)?$',
      ),
      phases: ['async-dsn'],
      means: undetermined,
    },
  ],
}
