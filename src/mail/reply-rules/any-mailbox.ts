// Words that anybody may use about a mailbox, in the languages that replies are written in: full, closed, unknown.
// The text comes without accents and in lower case. "Temporarily" beats "unknown": a wrong hard bounce is the costly error.
import { declined, gone, later, mailboxFull, noEmail, type RuleSet, tooLarge, words } from './rule.ts'

/** Whom a reply speaks about; not the address of a machine or of the sender. */
const box =
  '\\b(?:mail ?-?box(?:es)?|mail ?drop|inbox|mail ?dir|(?<!your )(?:e-?mail |mail )?accounts?|users?(?: ?name)?|recipients?|addressees?|(?<!(?:ip|host|client|server|from|source|sender|reply|return|your|mac|network|connecting)(?:.?s)?[ -])(?:e-?mail |mail |to |destination )?address(?:es)?|alias(?:es)?|local.?part|rcpt|customers?|subscribers?|person|e-?mail id|destinations?|forward.?path)'
const notOfMailboxes =
  '(?! ?:?(?:error|reason|sender|client|host\\b|command|problem|failure|content|mime|attachment|virus|header|message|data\\b|character|format|syntax|from\\b|parameter|helo|date\\b|credential|signature|spf|dkim|encoding|charset|line))'
const unknown = `(?:unknown|not (?:be )?(?:found|known|exist\\w*|valid|listed|local|recogni[sz]ed|located|defined|present|registered|available here|here|handled|hosted|verified|in (?:our|the|my))|(?:\\b|does|do|did|is|was|has|ca|could|are)n.?t (?:exist|found|valid|known|here|have an? )|no longer (?:exists?|valid|here|available|works?|employed|with|at|in use|used|on|part|accept\\w*)|no more (?:exists?|valid)|invalid|non[- ]?exist\\w*|does not have an?|doesn.t have an?|cannot be found|could not be found|couldn.t be found|not a (?:valid|known|local)|isn.t (?:valid|known|a valid)|(?:cannot|can.t|could not) be verified|not ok\\b|undeliverable|unrouteable|unroutable|misspelled|dosn.t exist|has moved) ?${notOfMailboxes}`
const kinds =
  '(?:user|mail ?box|recipient|address|addressee|account|alias|local.?part|person|rcpt|destination(?: address| mailbox| user)?|member|subscriber|customer|e-?mail(?: address| account| id)?|username|user ?id|to address|forward.?path)'

/** Full, or not just now. */
export const anyMailboxState: RuleSet = {
  rules: [
    { name: 'any/storage-means-size', text: words('storage allocation', 'size'), enhanced: /^[45]\.(2\.3|3\.4)$/, means: tooLarge },
    {
      name: 'any/mailbox-full',
      text: words(
        '(?:mail ?box|inbox|mail ?dir|mail ?drop|mail ?folder|mail quota|storage|disk|folder|account|user|recipient|quota|space)[^.;]{0,60}\\b(?:is |are |was )?(?:now |currently |too )?(?:full|over ?-?quota|over (?:its|their|his|the|allocated|disk|size|storage|limit|allowed)|out of (?:space|quota|storage|disk)|exceeded|overdrawn|overfull|overflow|exhausted)',
        'over ?-?quota',
        'quota.{0,40}(?:exceed|exhaust|full|reach|over|violat|limit)',
        '(?:exceed|exhaust|reach|over)\\w*[^.;]{0,50}(?:quota|storage|mail ?box size|disk space|mailbox space|allowed space|space limit|mail ?box limit)',
        '(?:mail ?box|inbox|user|account|recipient|storage)[^.;]{0,30}(?:size )?limit[^.;]{0,20}(?:exceed|reach)',
        'mail ?box (?:size |storage |disk |space |quota )?(?:full|limit|exceed)',
        'full mail ?box',
        'mail ?box_?full',
        'out of storage',
        '(?:not enough|no|insufficient|low on) (?:free |available |remaining |mailbox |disk |storage )*(?:space|storage|quota)(?: left| available| remaining)?(?: (?:in|for|on) (?:the |this |that |user|recipient|<address>)?.{0,10}(?:mail|user|recipient|account|inbox|<address>))',
        'too much (?:mail|data) (?:in|stored)',
        'would (?:exceed|be over)[^.;]{0,30}(?:quota|limit)',
        'mailbox_size_limit',
        'cannot (?:accept|receive|hold|store) (?:any )?(?:more|new|further) (?:mail|messages|e-?mails?)',
        'quotaexceeded',
        '(?:append|writing) message.{0,120}(?:file too large|disk full|no space)',
        'account (?:storage|space)',
        'exceeded storage allocation',
      ),
      means: mailboxFull,
    },
    {
      name: 'any/mailbox-full-german',
      text: words(
        'postfach[^.;]{0,40}(?:voll|uberfullt|ubergelaufen|uberschritten|erschopft)',
        'mailbox (?:ist )?(?:voll|uberfullt)',
        '(?:speicherplatz|kontingent|speicher|quota|postfachgrosse)[^.;]{0,60}(?:erschopft|uberschritten|voll|aufgebraucht|erreicht|uberschreitung)',
        'kein speicherplatz',
        'zu ?viele (?:mails|nachrichten|e-mails) (?:auf|im)',
      ),
      means: mailboxFull,
    },
    {
      name: 'any/mailbox-full-romance',
      text: words(
        'boite (?:aux |a |de )?(?:lettres? |mails? |reception )?(?:\\w+ ){0,4}(?:pleine|saturee)',
        'quota[^.;]{0,40}(?:depasse|atteint|excedid|superad|esgotad|estourad|superat|llen)',
        '(?:espace|capacite) .{0,30}(?:depasse|insuffisant|sature)',
        '(?:cuota|cota|limite de armazenamento|espacio|espaco)[^.;]{0,40}(?:excedid|superad|lotad|esgotad|insuficiente|agotad)',
        'excedida? (?:la |a |su )?(?:cuota|cota)',
        '(?:buzon|casilla|bandeja|caixa(?: postal| de (?:entrada|correio))?|casella(?: di posta| postale)?|mailbox)[^.;]{0,40}(?:llen[oa]|cheia|lotada|piena|pien[oa]|saturad|excedid|esaurit)',
        'spazio (?:esaurito|insufficiente)',
        '(?:casella|mailbox) (?:e )?(?:piena|colma)',
      ),
      means: mailboxFull,
    },
    {
      name: 'any/mailbox-full-other',
      text: words(
        '(?:mailbox|postvak|postbus)[^.;]{0,20}(?:is )?vol\\b',
        'quotum[^.;]{0,20}overschreden',
        'skrzynk\\w+[^.;]{0,40}(?:pelna|przepelnion|zapelnion|przekroczon)',
        'przekroczon\\w+[^.;]{0,30}(?:limit|quot|pojemnosc|rozmiar skrzynki)',
        'brak miejsca',
        'pochtov\\w+ yashchik perepolnen',
        '(?:почтовый )?ящик[^.;]{0,30}(?:переполн|полон)',
        '邮箱(?:已满|空间不足|容量)',
        '(?:メールボックス|受信箱|容量).{0,20}(?:いっぱい|一杯|満杯|超過|超え|オーバー)',
        '(?:posta|mesaj) kutusu (?:dolu|kota)',
      ),
      means: mailboxFull,
    },
    // Also on a 5xx: who says that it will pass does not say that the address is dead.
    {
      name: 'any/mailbox-later',
      text: words(
        `${box}[^.;]{0,60}temporar\\w*`,
        'temporar\\w*[^.;]{0,40}\\b(?:unavailable|disabled|suspended|inactive|locked|closed|mailbox|recipient|user|account)',
        'try (?:your message |again |the message |it |sending )?(?:again )?later[^.;]{0,40}(?:mailbox|recipient|user)',
        '(?:mail ?box|account|user)[^.;]{0,30}(?:busy|in use|maintenance|being (?:moved|migrated))',
        'voorubergehend|momentan nicht erreichbar|zurzeit nicht|temporairement (?:indisponible|desactive|suspendu)|temporalmente|temporariamente|temporaneamente|chwilowo|tymczasowo',
      ),
      means: later,
    },
    {
      name: 'any/mailbox-quoted-trouble',
      text: words('undeliverable address.{0,160}(?:timed out|refused|unreachable|no route|greylist|try again|temporar)'),
      means: later,
    },
  ],
}

/** Closed or unknown. */
export const anyMailbox: RuleSet = {
  rules: [
    {
      name: 'any/domain-unknown',
      text: words(
        '(?:recipient|destination|rcpt)?[^.;]{0,20}\\bdomain(?: name)?[^.;]{0,40}(?:unknown|not (?:found|exist\\w*|known|valid)|n.t exist|invalid|non[- ]?exist\\w*|nxdomain)',
        'no such (?:domain|host)',
        'unroute?able (?:mail )?domain',
        '(?:unknown|invalid|bad|illegal|nonexistent) (?:mail |recipient |destination |e-?mail )?(?:domain|host|destination host|system)',
        'host (?:name )?(?:unknown|not found)',
        'name or service not known',
        'nxdomain',
        'couldn.t find any host',
        'null ?mx',
        'dns domain .{0,120}does not exist',
        'domaine? (?:inconnu|inexistant|n.existe)',
        'dominio (?:desconocido|inexistente|no existe|sconosciuto|non esiste)',
        'domain (?:unbekannt|existiert nicht)',
      ),
      means: gone,
    },
    {
      name: 'any/domain-not-here',
      text: words(
        '(?:domain|host) (?:is )?(?:not|isn.t) (?:configured|hosted|served|handled|accepted|found here|local|ours|managed|one of)',
        '(?:do not|don.t) (?:host|serve|handle|accept (?:e-?)?mail for|handle mail for|relay for) (?:that|this|the|your)? ?(?:domain|host|address)?',
        '(?:domain|server|host|system) (?:does not|doesn.t|cannot|no longer) accepts? (?:any )?(?:incoming |inbound )?(?:e-?)?mails?(?! from)',
        'domain[^.;]{0,20}(?:is )?(?:inactive|disabled|suspended|expired|deactivated|parked|closed)',
        'not a mail (?:server|exchanger|host)',
        'mail (?:service )?(?:is )?not (?:accepted|available) (?:here|for this domain)',
      ),
      phases: ['rcpt', 'data', 'dot', 'async-dsn', 'connect'],
      means: gone,
    },
    { name: 'any/mailbox-unavailable-state', text: words('mail ?box (?:is )?(?:unavailable|not available)'), enhanced: /^5\.2\./, means: gone },
    {
      name: 'any/mailbox-closed',
      text: words(
        `${box}[^.;]{0,40}\\b(?:is |are |was |been |has been |now |permanently )*(?:disabled|inactive|deactivated|suspended|expired|closed|terminated|cancell?ed|deleted|removed|discontinued|not (?:active|activated|enabled)|no longer (?:active|monitored|accept\\w*|in use|available)|abandoned|dormant|frozen|archived|retired|on hold|out of service|not in service)`,
        '\\b(?:disabled|inactive|deactivated|suspended|expired|closed|terminated|deleted|dormant|abandoned) (?:e-?mail |mail |user )?(?:mail ?box|account|user|recipient|address)',
        '(?:mail ?box|account|user)(?: <?\\S+>?)? (?:status )?(?:is|has been|was) (?:blocked|locked)',
        'mail receiving (?:is )?disabled',
        'inactivity',
        'this user (?:has )?(?:left|moved)',
        'has left the (?:company|organi[sz]ation)',
        'account (?:that )?you tried to reach is (?:disabled|inactive)',
        '(?:konto|postfach|adresse|mailbox|account|benutzer)[^.;]{0,40}(?:deaktiviert|gesperrt|geschlossen|geloscht|abgeschaltet|inaktiv|stillgelegt|nicht mehr (?:aktiv|gultig|in verwendung))',
        '(?:compte|boite|adresse)[^.;]{0,40}(?:desactive|suspendu|ferme|supprime|resilie|inactif|inactive|cloture|bloque)',
        '(?:cuenta|conta|buzon|usuario|caixa|casilla)[^.;]{0,40}(?:deshabilitad|desabilitad|inactiv|inativ|suspendid|suspens|desactivad|desativad|cerrad|eliminad|cancelad|encerrad|bloquead|excluid)',
        '(?:casella|utente|indirizzo|account)[^.;]{0,40}(?:disabilitat|disattivat|sospes|inattiv|chius|cancellat|bloccat|rimoss)',
        '(?:account|mailbox|adres|gebruiker)[^.;]{0,40}(?:uitgeschakeld|opgeheven|geblokkeerd|gedeactiveerd|gesloten|verwijderd|niet (?:meer )?actief)',
        '(?:konto|skrzynka|adres|uzytkownik)[^.;]{0,40}(?:nieaktywn|zablokowan|usuniet|wylaczon|zawieszon|zamknie)',
        '(?:账号|账户|帐号|邮箱|用户).{0,8}(?:停用|冻结|禁用|锁定|关闭|过期)',
        '(?:アカウント|メールボックス|アドレス).{0,10}(?:無効|停止|削除|解約)',
      ),
      means: gone,
    },
    {
      name: 'any/not-accepting',
      text: words(
        `${box}[^.;]{0,40}(?:not|no longer|cannot|can.t|unable to|won.t|does not|doesn.t) (?:currently )?(?:accept|receiv)\\w*`,
        '(?:due to|because of) (?:the )?recipient.?s? preferences',
      ),
      means: declined,
    },
    {
      name: 'any/user-unknown',
      text: words(
        `${box}(?:(?!\\b(?:server|host|lookup|database|senders?|domain|header|signature|certificate)\\b)[^.;]){0,70}(?:\\b|(?=[a-z]+n.t))${unknown}`,
        `(?:unknown|no such|invalid|non[- ]?exist(?:ent|ing|ant)?|bad|undeliverable|unrouteable|unroutable|not existing|illegal|incorrect|wrong|unrecogni[sz]ed|unavailable|unassigned|fake) (?:local |destination |forward |e?-?mail |mail |smtp |final |to |target |virtual )?${kinds}\\b`,
        `(?:there is |there's |has |have |with )?no (?:valid |active |local |matching )?(?:mail ?box|user|account|recipient|addressee|person|one|alias|member|customer|subscriber|e-?mail address)s? (?:here|by|with|at|named|called|found|matching|on|in|for|of|exists?|like|under|registered|known)`,
        'no mail ?box',
        'not in (?:the )?recipients? list',
        'userunknown|(?:cannot|can.t) accept user|rejected recipients?\\b|bad(?:rcpt|recipient)to|recipient has been denied|missing home directory|in (?:the )?(?:name|public) (?:directory|name)',
        'no valid (?:recipients?|users?|address(?:es)?|mail ?boxe?s?)',
        'path no exist|not a member of',
        `not (?:a|an|one of our|our|any) (?:valid |known |local |existing |active |registered )?${kinds}s?`,
        `(?:can ?not|can.t|could not|couldn.t|unable to|did not|cant) (?:find|locate|look ?up|resolve|verify|deliver to|route) (?:the |this |that |a |any |your |such |valid )?(?:e-?mail |mail )?${kinds}`,
        'nobody (?:here|by that)',
        'not known (?:here|at this)',
        'not found in (?:the )?(?:directory|database|ldap|address ?book|users?|table)',
        'not in (?:our |the |my )?(?:directory|database|address ?book|user (?:list|table|database))',
        'user(?: ?name)? (?:does ?n.t|doesn.t|dont|don.t) ',
        'is not a (?:valid |known )?(?:mail ?box|user|recipient|address)',
        'addressee unknown',
        'does not like recipient',
        '^(?:<address>:? ?)?(?:does not exist|doesn.t exist|not found|unknown|invalid|no such user)\\W*$',
        '<address>(?:: | |\\.\\.\\. ?|, ?)(?:is )?(?:does not exist|doesn.t exist|not found|unknown|invalid|no such|nonexistent|not exist|no longer|not known|not our|user unknown|isn.t)',
        'delivery to (?:the following )?(?:recipient|address).{0,20}failed permanently',
        'recipient (?:has been )?(?:rejected|denied): ?(?:no|unknown|invalid)',
        'not our customer',
        'user not local',
        'no existing user',
        'nosuchuser',
        'usernotfound|recipientnotfound|recipnotfound|user_unknown|mailboxnotfound',
      ),
      means: noEmail,
    },
    {
      name: 'any/mailbox-unavailable',
      text: words(
        'mail ?box (?:is )?(?:unavail?able|unavaiable|not available|not found)',
        '(?:recipient|address|user) (?:is )?(?:unavailable|not available)\\b',
      ),
      means: noEmail,
    },
    {
      name: 'any/user-unknown-german',
      text: words(
        '(?:empf(?:a|ae)nger|benutzer|nutzer|adressat|adresse|postfach|konto|account|mailbox|empfangeradresse|e-?mail-?adresse|mailadresse|teilnehmer)[^.;]{0,60}(?:unbekannt|existiert (?:\\w+ )?nicht|nicht (?:gefunden|vorhanden|bekannt|existent|gultig|eingerichtet|zustellbar|verfugbar|erreichbar)|ungu(?:e)?ltig|gibt es nicht|nicht mehr)',
        '(?:unbekannte[rs]?|ungultige[rs]?|kein(?:en?|e)?(?: solche[rs]?| gultige[rs]?)?|falsche[rs]?) (?:empf(?:a|ae)nger|benutzer|nutzer|adresse|postfach|konto|mailbox|e-?mail-?adresse|account)',
      ),
      means: noEmail,
    },
    {
      name: 'any/user-unknown-romance',
      text: words(
        '\\b(?:utilisateur|destinataire|adresse|boite|compte|usager|abonne)[^.;]{0,60}(?:inconnu|inexistant|n.existe|invalide\\b|introuvable|non trouve|pas valide|incorrect|n.est pas)',
        '(?:aucun|mauvais|pas d.) ?(?:utilisateur|destinataire|adresse|compte)',
        '\\b(?:usuario|destinatario|direccion|buzon|cuenta|casilla|correo|recipiente|endereco|caixa|conta|utilizador|e-?mail)s?\\b[^.;]{0,60}(?:descono|desconhecid|no existe|nao existe|inexistente|no (?:se )?(?:ha )?(?:encontr|localiz)|nao (?:foi )?(?:encontr|localiz)|invalid[oa]|no valid|nao valid|incorrect[oa]|errad|no es valid)',
        '\\b(?:utente|destinatario|indirizzo|casella|account|mailbox|recapito)\\b[^.;]{0,60}(?:sconosciut|inesistente|non (?:esiste|trovat|valid|presente|disponibile|riconosciut)|invalid[oa]|errat|simile in)',
        '(?:no existe|nao existe|non esiste|n.existe pas|nie istnieje|bestaat niet)',
      ),
      means: noEmail,
    },
    {
      name: 'any/user-unknown-other',
      text: words(
        '(?:gebruiker|ontvanger|adres|geadresseerde|postbus|postvak|mailbox)[^.;]{0,60}(?:onbekend|bestaat niet|niet gevonden|ongeldig|niet bekend)',
        'onbekende? (?:gebruiker|ontvanger|adres)',
        '(?:uzytkownik|adresat|odbiorca|adres|konto|skrzynka|nazwa)[^.;]{0,60}(?:nieznan|nie istnieje|nie znalezion|nieprawidlow|niepoprawn|nie odnalezion|nie ma)',
        '(?:nieznany|brak|nie ma|nieprawidlowy|bledny) (?:takiego )?(?:uzytkownik|adres|odbiorc|kont|skrzynk)\\w*',
        '(?:пользовател|получател|адрес|ящик|аккаунт)\\S*[^.;]{0,40}(?:не (?:на[йи]ден|существует|зарегистрирован)|неизвест|недейств)',
        '(?:нет такого|неизвестный) (?:пользовател|адрес|ящик|получател)\\S*',
        '(?:用户|收件人|邮箱|账号|账户|帐号|地址|用戶|收件者|信箱).{0,10}(?:不存在|未找到|无效|找不到|無效|错误|没有找到)',
        '(?:ユーザー?|宛先|受信者|メールアドレス|アドレス|アカウント|メールボックス).{0,14}(?:存在しま|不明|見つか|ありません|無効|存在しない)',
        '(?:사용자|수신자|계정|메일).{0,14}(?:없|존재하지)',
        '(?:kullanici|alici|adres)[^.;]{0,30}(?:bulunamadi|yok|gecersiz)',
        '(?:uzivatel|schranka|prijemce|adresa)[^.;]{0,30}(?:neexistuje|nenalezen|neznam)',
        '(?:anvandare|mottagare|adressen|bruker|modtager)\\w*[^.;]{0,40}(?:okand|finns inte|finnes ikke|ukjent|ukendt|findes ikke)',
        '(?:kayttajaa|vastaanottajaa)[^.;]{0,30}(?:ei loydy|ei ole)',
      ),
      means: noEmail,
    },
    {
      name: 'any/relay',
      text: words(
        'relay(?:ing)? (?:access |mail |of mail |attempt |to <address> |to |for <address> |<address> )?(?:is )?(?:denied|not (?:permitted|allowed|authori[sz]ed|supported|possible)|prohibited|refused|rejected|disabled|disallowed|forbidden)',
        '(?:unable|not (?:able|allowed|permitted|authori[sz]ed)|cannot|can.t|won.t|will not|do not|don.t|does not|no) (?:to )?relay',
        'relay (?:not|access)',
        'rcpthosts',
        'not (?:local|a local|my|our) (?:domain|host)',
        'we do not relay',
        'relais (?:refuse|interdit)',
        'relay (?:verweigert|abgelehnt)',
        'forwarding to remote hosts',
        'relaying to .{1,40} (?:prohibited|denied|not)',
      ),
      means: gone,
    },
  ],
}
