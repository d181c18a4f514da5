// Japanese.
import type { PageTexts } from './page-texts.ts'

export const japanese: PageTexts = {
  tag: 'ja',
  name: '日本語',
  heading: 'メール配信の設定',
  receives: '{address} に届くメールの設定です。',
  topics: '受け取りたいメール',
  all: 'すべての配信を停止する',
  save: '保存',
  unsubscribed: '配信を停止しました。',
  saved: '保存しました。',
  languages: '言語',
  forged: { title: '無効なリンク', text: 'このリンクは当サービスが発行したものではないか、一部が欠けています。' },
  expired: { title: '期限切れのリンク', text: 'このリンクは古いため使えません。新しいメールのリンクをお使いください。' },
  gone: { title: '変更するものはありません', text: 'このメールの配信先リストはすでに存在しません。' },
  notUnderstood: { title: '処理できません', text: 'このページでは処理できないリクエストです。' },
  busy: { title: 'ただいま処理できません', text: '1分ほどたってから、もう一度お試しください。' },
  tooOften: { title: '変更が多すぎます', text: '変更の回数が多すぎます。1時間ほどたってから、もう一度お試しください。' },
}
