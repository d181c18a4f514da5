// What mailbox providers of East and South Asia say: QQ, NetEase (163, 126), Alibaba, Naver, Daum, Yahoo Japan, the Japanese carriers, Rediff.
// Sources: their help pages; codes in Latin letters stand for the reason (deliverability.md §3.4).
import { auth, busy, content, crowded, declined, gone, ipBlock, ipSlow, later, mailboxFull, noEmail, reconnect, type RuleSet, senderBlock } from './rule.ts'

/** QQ and Tencent's company mail: limits come as 550. */
export const qq: RuleSet = {
  provider: 'qq',
  rules: [
    { name: 'qq/rate', text: /(?:sender|ip|connection|domain) frequency (?:is )?limited/, means: ipSlow },
    { name: 'qq/no-mailbox', text: /mailbox not found/, means: noEmail },
    { name: 'qq/no-mailbox-or-access', text: /mailbox unavailable or access denied/, means: noEmail },
    { name: 'qq/recipient-declined', text: /mail is rejected by recipients?/, means: declined },
    { name: 'qq/content', text: /mail content denied|suspected spam|suspected bounce attack/, means: content },
    { name: 'qq/sender-blocked', text: /(?:sender|domain) (?:is )?(?:blocked|denied)/, own: true, means: senderBlock },
    { name: 'qq/mailbox-full', text: /mailbox space (?:is )?not enough|mailbox space isn't enough|not enough (?:mailbox )?space/, means: mailboxFull },
    { name: 'qq/dmarc', text: /dmarc check failed|spf check failed|dkim check failed/, means: auth },
  ],
}

/** NetEase: two letters, a colon, three letters. */
export const netease: RuleSet = {
  provider: 'netease',
  rules: [
    { name: 'netease/spam-later', codes: '4xx', text: /\bdt:s(?:pm|um)\b/, means: { ...content, retry: 'slow' } },
    { name: 'netease/spam', text: /\bdt:spm\b/, means: content },
    { name: 'netease/from-differs', text: /\bdt:sum\b/, means: { ...content, charge: 'none', scope: 'message' } },
    { name: 'netease/daily-limit', text: /\brp:[a-z]{3}\b|\bhl:itc\b|\bmi:(?:cel|ccl|sfq|stc)\b/, means: { ...crowded, scope: 'ip' } },
    { name: 'netease/connection-used-up', text: /\bmi:dmc\b/, means: reconnect },
    { name: 'netease/connections', text: /\bhl:(?:icc|ifc|mep)\b/, means: crowded },
    { name: 'netease/ip-reputation', text: /\bhl:(?:rep|ipb|ihu)\b|\bdt:rbl\b|\bip is rejected|\bip in blacklist/, means: ipBlock },
    { name: 'netease/authentication', text: /\bmi:(?:spf|dma|dki)\b/, means: auth },
    { name: 'netease/sender-listed', text: /\bmi:spb\b|\bwm:bl[iu]\b/, means: senderBlock },
    { name: 'netease/no-user', text: /^invalid user|user not found|local user only/, own: true, means: noEmail },
    { name: 'netease/suspended', text: /user (?:is )?(?:suspended|locked)/, own: true, means: gone },
  ],
}

/** Others of Asia. */
export const asia: RuleSet = {
  rules: [
    { name: 'daum/refused', text: /\bdhp\d{3}\b|\[hm\d*\]? ?refused|cs\.daum\.net/, means: ipBlock },
    { name: 'yahoo.co.jp/forged', text: /\bvs\d+-rt\b/, means: noEmail },
    { name: 'yahoo.co.jp/volume', text: /\bvs\d*-?(?:ip|mf)\d*\b/, means: ipSlow },
    { name: 'docomo/no-user', text: /^unknown user <address>/, means: noEmail },
    { name: 'aliyun/rate', text: /sending rate.{0,20}too (?:fast|high)|too frequent(?:ly)?|request too frequent/, means: ipSlow },
    { name: 'aliyun/no-user', text: /(?<!sender.{0,20})mail ?box .{0,40}not ?exist|rcpt .{0,40}not exist/, means: noEmail },
    { name: 'rediff/later', codes: '4xx', text: /rediff.{0,60}try/, means: busy },
    { name: 'naver/limit', codes: '4xx', text: /naver.{0,60}(?:limit|many)/, means: later },
  ],
}
