// What the unsubscribe pages say, a member for each string: a language that misses one does not compile. Which language, choose-language.ts decides.

/** A page that only says something. */
export interface NoticeText {
  readonly title: string
  readonly text: string
}

/** The strings of one language. */
export interface PageTexts {
  /** BCP 47, as it stands in `lang` and in Content-Language. */
  readonly tag: string
  /** Its name in itself, for the choice of languages. */
  readonly name: string
  /** Heading and title of the form. */
  readonly heading: string
  /** Names the reader: `{address}` stands for the masked address. */
  readonly receives: string
  /** Legend of the topics. */
  readonly topics: string
  readonly all: string
  readonly save: string
  /** Said after the mail program's button. */
  readonly unsubscribed: string
  /** Said after Save. */
  readonly saved: string
  /** Label of the choice of languages. */
  readonly languages: string
  readonly forged: NoticeText
  readonly expired: NoticeText
  readonly gone: NoticeText
  readonly notUnderstood: NoticeText
  readonly busy: NoticeText
  readonly tooOften: NoticeText
}
