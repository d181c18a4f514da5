// The words by which people and programs know a report, in the languages that servers write. Data alone; every repetition has a bound.

const any = (...patterns: readonly string[]) => new RegExp(patterns.join('|'), 'i')

/** Local part or name of a mail system that reports. */
export const systemName = any(
  'mailer-?daemon',
  'mail-?daemon',
  'post-?master',
  'mail ?(?:er)?[-_. ]?(?:delivery|admin|system|robot|sub-?system|transport)',
  '\\bmdaemon',
  '\\bmail ?gateway',
  'mail ?router',
  'microsoft ?exchange',
  'system administrator',
  'systemadministrator',
  'administrateur syst',
  'administrador del sistema',
  'delivery (?:subsystem|system|agent|status|notification)',
  '^[\\s"<]{0,3}bounces?\\b',
  '^<>$',
  'email-?daemon',
  'internet mail (?:delivery|service)',
  'auto-?bounce',
  'anti-?(?:virus|spam)|\\bsmtp\\b|gateways?\\b|mail ?server|mailscanner',
  'mail-?bounce',
  '\\bnobody\\b',
  '\\bpostoffice\\b',
  '\\bqmail',
  'メール(?:配信|管理)',
)

/** Subjects of reports of a failure. */
export const failureSubject = any(
  'undeliver(?:able|ed)',
  'un-?deliverable mail',
  'un(?:zustellbar|able to deliver)',
  'non[ -]?deliver(?:able|y)',
  'not? (?:be )?delivered',
  '(?:delivery|d.livery) (?:status )?(?:notification|report|status)',
  'delivery (?:has )?fail',
  'deliver(?:y|ing) (?:error|problem|unsuccessful)',
  'fail(?:ed|ure) (?:mail|delivery|message|notice|notification|to deliver)',
  'mail (?:delivery )?(?:failed|failure|error|system error|status report|could not)',
  '(?:message|mail|e-?mail) (?:delivery )?(?:failure|failed|undeliver|bounce|rejected|status|could not|not delivered|error)',
  'returned (?:mail|e-?mail|message|to sender)',
  '(?:mail|e-?mail|message) returned',
  'return(?:ed)? mail:',
  'nondeliverable',
  'failure notice',
  '^ndn:|\\bndr\\b',
  'user unknown|unknown (?:user|recipient|address|mailbox)|invalid (?:recipient|address)|no such (?:user|address)',
  'mail ?box (?:is )?(?:full|unavailable|disabled)|over ?quota|quota exceeded',
  'address(?:ing)? error',
  '(?:could|can) ?not (?:be )?(?:deliver|send)|couldn.t (?:be )?deliver',
  'mail system error',
  'rejected: |(?:automatically )?rejected (?:mail|message)',
  'message (?:you sent )?(?:was )?blocked',
  'permanent (?:delivery )?(?:failure|error)',
  'unzustellbar|nicht zugestellt|zustellung (?:fehlgeschlagen|nicht m|der nachricht)|fehler bei der (?:zustellung|.bermittlung)|rückläufer',
  'non remis|non d.livr|.chec (?:de|d.) ?(?:la )?(?:remise|distribution|d.livrance)|avis de non|retour(?:n.)? .{0,12}exp.diteur|message refus',
  'no (?:se )?(?:ha )?(?:podido |pudo )?(?:ser )?entregad|no entregad|error (?:de|en la) (?:entrega|env)|correo devuelto|devuelto|mensaje no',
  'n.o (?:foi )?entreg|falha (?:na|de) entrega|devolvid|n.o (?:p.de|foi poss.vel)',
  'mancat[ao] (?:consegna|recapito)|non recapitat|impossibile (?:recapitare|consegnare)|messaggio non',
  'onbestelbaar|niet (?:bezorgd|afgeleverd)|kan niet worden bezorgd',
  'niedostarczon|nie dostarczon|zwrot (?:poczty|wiadomo)|nie mo.na dostarczy|b..d dostarcz',
  'недоставлен|не доставлен|ошибка доставки|невозможно доставить|возврат',
  'ulevererbar|kunne ikke leveres|kunde inte levereras|gick inte att leverera|toimitus ep.onnistui|nedoru[cč]iteln',
  '配信(?:不能|失敗|できません|エラー)|送信(?:できません|エラー|失敗)|未配達|届きません|不達|エラーメール|宛先不明',
  '(?:退信|无法(?:投递|送达|发送)|投递失败|退回|無法(?:傳遞|投遞|寄送)|傳遞失敗|未送達)',
  '(?:전송|전달|배달|발송).{0,4}(?:실패|불가|오류)|반송',
)

/** Subjects of reports of a delay. */
export const delaySubject = any(
  '\\bdelay(?:ed)?\\b',
  'delivery (?:status notification )?\\(?delay',
  'warning: (?:could not send|message)',
  'still being retried',
  'temporar(?:y|ily) (?:delivery )?(?:failure|delay|undeliver)',
  'deferred',
  'verz.ger|retard|diff.r.|retras|demora|ritard|atras|op.n(?:ie|.)n|vertraag|задерж|遅延|延迟|延遲|지연',
)

/** Words of a report's text that say a failure. */
export const failureText = any(
  '(?:could|can|was|were|is|are|has|have|will) ?(?:not|n.t) (?:be |been |able to be )?(?:(?:successfully )?deliver|sent\\b|reach|accept)',
  '(?:unable|not able|wasn.t able|failed|impossible|not possible|cannot|can.t|couldn.t|could not|was unable|error) (?:to )?deliver',
  '(?:did|does|do) ?n.?t reach|did not reach|not reach the following',
  'undeliver(?:able|ed)|non-?deliver|not delivered|not been delivered',
  'fail(?:ed|ure)[^.\\n]{0,30}(?:deliver|permanent|recipient)|deliver(?:y|ing)[^.\\n]{0,60}(?:fail|error|problem|reject|unsuccessful|impossible|abort)',
  '(?:permanent|fatal) (?:fatal )?(?:error|failure)|permanently',
  '(?:message|mail|e-?mail)[^\\n]{0,80}(?:reject|refused|blocked|bounced|returned|undeliver|discarded)',
  'returned (?:to (?:you|sender)|unopened|undelivered|below|mail)',
  'unknown (?:user|recipient|address|account)|user unknown|no such (?:user|account|mailbox|address|recipient)|invalid (?:recipient|address|receiver)',
  '(?:mailbox|quota|inbox)[^.\\n]{0,40}(?:full|exceed|unavailable|inactive|disabled)|over ?quota',
  'rejected by|host unknown|unrouteable|no longer (?:in use|active|valid)',
  '(?:^|\\n)[ \\t]{0,20}(?:<<< )?5\\d\\d[ -]',
  'does(?:n.t| not) exist|not (?:listed|found) in|not (?:a )?(?:valid|known)',
  'nicht zugestellt|unzustellbar|zustellung|nicht erreich|fehlgeschlagen|unbekannt',
  'pas (?:pu )?(?:.tre |.t. )?(?:remis|d.livr|distribu)|non remis|.chec|n.a (?:pas )?pu|impossible d|inconnu|introuvable',
  'no (?:se )?(?:ha |pudo |puede |ha podido )?(?:ser )?(?:entreg|envi)|no pudo|no existe|desconocid',
  'n.o (?:foi |p.de )?(?:ser )?(?:entreg|poss)|n.o existe|desconhecid',
  'non .{0,20}(?:recapitat|consegnat)|impossibile|non esiste|sconosciut',
  'niet (?:bezorg|afgelever|bestel)|onbestelbaar|onbekend',
  'nie (?:mo.na|zosta|m.g|uda)|nie istnieje|nieznan',
  'не (?:удалось|может|был[оа]? |доставлен|существует|найден)|невозможно',
  '(?:配信|送信|配達|お届け|送達).{0,12}(?:でき|失敗|不能|エラー)|届きません|存在しま|見つかりま|宛先不明|エラー',
  '无法|失败|退回|不存在|被拒|無法|失敗|실패|반송|존재하지',
)

/** Words of a report's text that say it is being tried again. */
export const delayText = any(
  'not yet (?:been )?deliver',
  'will (?:keep|continue|go on)[^.\\n]{0,30}(?:try|attempt|retr)',
  '(?:still|continue to|keep) (?:be )?(?:trying|retrying|attempting|retried)',
  'warning message only',
  '(?:do|need) not (?:need to )?(?:resend|re-send|retry|send (?:it|the message|your message) again)',
  '(?:has|have) been (?:temporarily )?(?:delayed|deferred)',
  'deliver(?:y|ing)[^.\\n]{0,60}(?:is |been |was )(?:temporarily )?(?:delayed|deferred)',
  'could not (?:be delivered|send message|deliver)[^.\\n]{0,40}for (?:the )?(?:past|last)',
  'will (?:automatically )?(?:retry|try again)\\b',
  'will (?:automatically )?be (?:re-?tried|re-?attempted|retransmitted)',
  'delivery attempts will continue|(?:attempts|retries) (?:to deliver )?will (?:be made|continue)',
  'delivery to the following recipients? has been delayed',
  'remains? in (?:the )?queue|still in (?:the )?queue|is being held',
  'wird (?:weiterhin|noch)|zustellversuch[^.\\n]{0,40}(?:fortgesetzt|wiederholt)|verz.gert',
  '(?:a .t. )?(?:retard|diff.r)|nouvelles? tentatives?',
  'retrasad|demorad|se (?:volver. a|seguir.) intent',
  'em atraso|foi adiada|ser.o feitas novas tentativas',
  '再送|遅延|遅れて',
)

/** What takes a delay back: the last try was made. */
export const finalText = any(
  'will not be (?:retried|re-?attempted|delivered)|won.t be retried|no (?:further|more) (?:attempts|retries)',
  'giv(?:en|ing) up|gave up|permanent|undeliverable|expired|not attempt|returned to sender',
  'action: failed',
)

/** A line behind which only the returned message stands. */
export const returnedMarker = any(
  '^\\W*old message\\W*$',
  '(?:below|above) this line|copy of the (?:original )?message below',
  'this is (?:a )?(?:copy of )?(?:the|your) (?:original )?message',
  '(?:copy|body|text|headers?|contents?|beginning|start|part|lines?) of (?:the |your |this )?(?:original |unsent |returned |undelivered |failed )?(?:message|mail|e-?mail)(?: (?:follows?|is|are|below|attached|including)|\\W*$)',
  '^\\W*(?:original|unsent|returned|undelivered|rejected|bounced|failed) (?:message|mail|e-?mail)(?: (?:text|headers?|body|content))?(?: (?:follows?|is|below|attached|begins))?\\W*$',
  '(?:message|mail|e-?mail) (?:headers?|text|body|contents?)(?: (?:follows?|below|is included|attached))?\\W*$',
  '(?:original|unsent|returned|undelivered|your) (?:message|mail) (?:follows|below|is included|headers)',
  '^\\W*(?:message|headers?|received) (?:follows|header)\\W*$',
  'ursprüngliche nachricht|kopie (?:der|ihrer) nachricht|message d.origine|message original|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|oryginalna wiadomo',
  '元の(?:メッセージ|メール)|原文|原始邮件|原始郵件|以下は.{0,12}(?:コピー|ヘッダ)',
)

/** What may be so, or may not: boilerplate that lists reasons is proof of none. */
export const hedge = any(
  '\\b(?:may|might|maybe|perhaps|possibly|possible|usually|often|sometimes|either|likely|typically|probably)\\b',
  '(?:could|can) (?:be|have|happen|mean|also)',
  '\\bif (?:the|you|your|this|it|an?)\\b',
  '(?:check|verify|make sure|ensure|confirm)\\b',
  'reasons? (?:include|for|can|are)|one of the following|common',
  'peut-être|peut (?:être|avoir)|vérifi|möglicherweise|überprüfen|eventuell|puede (?:ser|que|deberse)|quiz.|verifique|pode (?:ser|ter)|potrebbe|controll',
  '可能性|場合|ご確認|可能|请检查|請檢查|확인',
)
