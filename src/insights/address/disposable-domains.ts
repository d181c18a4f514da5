// Domains whose mailboxes live for minutes or can be read by anybody. A list of the well-known ones; services of this kind change their names
// every week, so the operator's own file (BULKHEAD_DISPOSABLE_DOMAINS) is what keeps it fresh.
import type { Confidence } from '../../model/address-validation.ts'
import { disposableDomainsMax } from '../limits.ts'

/** What this release knows. */
const known: readonly string[] = `
  mailinator.com mailinator.net mailinator2.com mailinater.com binkmail.com bobmail.info chammy.info devnullmail.com letthemeatspam.com
  safetymail.info sendspamhere.com sogetthis.com spamherelots.com streetwisemail.com suremail.info thisisnotmyrealemail.com tradermail.info
  veryrealemail.com zippymail.info reallymymail.com
  guerrillamail.com guerrillamail.net guerrillamail.org guerrillamail.biz guerrillamail.de guerrillamail.info guerrillamailblock.com
  grr.la sharklasers.com pokemail.net spam4.me
  10minutemail.com 10minutemail.net 10minutemail.co.uk 10minutesmail.com 20minutemail.com 20minutemail.it 30minutemail.com 10mail.org
  temp-mail.org temp-mail.io temp-mail.com tempmail.com tempmail.net tempmail.de tempmail.plus tempmail.dev tempmailo.com tempmailaddress.com
  tempail.com temp-mail.ru tempinbox.com tempinbox.co.uk temporarymail.com temporaryinbox.com temporaryemail.net temporaryemail.us tempemail.com
  tempemail.net tempemail.co.za tempr.email tempsky.com tempthe.net
  yopmail.com yopmail.fr yopmail.net cool.fr.nf jetable.fr.nf courriel.fr.nf moncourrier.fr.nf monemail.fr.nf monmail.fr.nf nospam.ze.tc
  nomail.xl.cx mega.zik.dj speed.1s.fr
  trashmail.com trashmail.de trashmail.net trashmail.org trashmail.me trashmail.ws trashmail.at trash-mail.com trash-mail.de trash-mail.at
  wegwerfmail.de wegwerfmail.net wegwerfmail.org wegwerfemail.de wegwerf-email.de einwegmail.de einmalmail.de muellmail.com spambog.com spambog.de
  spambog.ru discardmail.com discardmail.de 0815.ru sofort-mail.de byom.de
  maildrop.cc mailnesia.com mailcatch.com mailnull.com mailexpire.com mailmoat.com mailforspam.com mailtemp.info mailtothis.com mailimate.com
  mailhazard.com mailhazard.us mailzilla.com mailzilla.org mailsac.com mailslurp.com mailpoof.com mailto.plus mail-temp.com mail-temporaire.fr
  mail.tm mail.gw moakt.com moakt.cc moakt.ws
  getnada.com nada.email inboxbear.com inboxkitten.com inboxalias.com inboxclean.com inboxclean.org
  dispostable.com disposable.email disposableaddress.com disposableemailaddresses.com disposableinbox.com disposemail.com dispomail.eu
  fakeinbox.com fakeinbox.net fakemail.fr fakemail.net fakemailgenerator.com fakemailz.com emailfake.com email-fake.com
  armyspy.com cuvox.de dayrep.com einrot.com fleckens.hu gustr.com jourrapide.com rhyta.com superrito.com teleworm.us
  throwawaymail.com throwawayemailaddress.com throwam.com throwaway.email throwawayaddress.com throam.com
  spamgourmet.com spamgourmet.net spamgourmet.org spamex.com spamfree24.org spamfree24.com spamfree24.de spamhole.com spamify.com spamavert.com
  spambox.us spambox.info spamcannon.com spamcorptastic.com spamcowboy.com spamday.com spamobox.com spamspot.com spamthis.co.uk spaml.com
  mytrashmail.com mytempemail.com mytempmail.com mytemp.email mt2015.com mintemail.com meltmail.com mohmal.com mohmal.im mohmal.in
  emailondeck.com emailtemporanea.com emailtemporanea.net emailtemporario.com.br emailsensei.com emailwarden.com emailigo.de emailias.com
  e4ward.com easytrashmail.com ephemail.net etranquil.com explodemail.com
  anonbox.net anonymbox.com antispam.de deadaddress.com despam.it dodgeit.com dodgit.com dontreg.com dontsendmespam.de dumpmail.de dump-email.info
  filzmail.com getairmail.com get1mail.com get2mail.fr gishpuppy.com harakirimail.com haltospam.com hidemail.de hidzz.com
  incognitomail.com incognitomail.org ieatspam.eu ieatspam.info jetable.com jetable.net jetable.org kasmail.com killmail.com killmail.net
  klzlk.com kurzepost.de lifebyfood.com link2mail.net litedrop.com lroid.com luxusmail.org
  mailbidon.com mailme.lv mailme24.com mailmetrash.com mailshell.com mailscrap.com mailseal.de mailtrash.net
  no-spam.ws nobulk.com noclickemail.com nogmailspam.info nomail2me.com nospam4.us nospamfor.us nowmymail.com nurfuerspam.de
  objectmail.com obobbo.com oneoffemail.com onewaymail.com owlpic.com pjjkp.com proxymail.eu punkass.com quickinbox.com rcpt.at recode.me
  recursor.net rtrtr.com s0ny.net selfdestructingmail.com shieldemail.com shitmail.me shortmail.net slopsbox.com
  smellfear.com snakemail.com sneakemail.com sofimail.com soodonims.com stop-my-spam.com super-auswahl.de supergreatmail.com tagyourself.com
  thankyou2010.com tilien.com tmail.ws tmailinator.com tmpmail.org tmpmail.net tmpeml.com tmpbox.net toiea.com trbvm.com twinmail.de
  tyldd.com uggsrock.com upliftnow.com uplipht.com venompen.com viditag.com viewcastmedia.com walala.org wetrainbayarea.com whyspam.me
  willselfdestruct.com wuzup.net wuzupmail.net xagloo.com xemaps.com xents.com xmaily.com xoxy.net yep.it yuurok.com zehnminutenmail.de
  zoemail.net burnermail.io crazymailing.com dropmail.me emltmp.com yomail.info 10mail.xyz 1secmail.com 1secmail.net 1secmail.org
  esiix.com wwjmp.com xojxe.com yoggm.com vjuum.com laafd.com txcct.com rteet.com dpptd.com minuteinbox.com fexpost.com fexbox.org luxusmail.gq
  linshiyouxiang.net bccto.me chacuo.net 027168.com
`
  .trim()
  .split(/\s+/)

/** Asks whether a domain is disposable. */
export type JudgeDisposable = (domain: string) => Confidence

/** A judge over the list and the operator's additions; a name that begins with `!` takes one off the list. Subdomains count with their domain. */
export function createDisposableJudge(additions: readonly string[] = []): JudgeDisposable {
  const domains = new Set(known)
  for (const name of additions.slice(0, disposableDomainsMax)) {
    if (name.startsWith('!')) domains.delete(name.slice(1))
    else domains.add(name)
  }
  return (domain) => {
    for (let name = domain.toLowerCase(); name.includes('.'); name = name.slice(name.indexOf('.') + 1)) if (domains.has(name)) return 'HIGH'
    return 'LOW'
  }
}
