// Every language of the unsubscribe pages. The choice on the page is in this order.
export { german } from './de.ts'
export { english } from './en.ts'
export { spanish } from './es.ts'
export { french } from './fr.ts'
export { japanese } from './ja.ts'
