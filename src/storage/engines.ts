// The list of storage engines; only the root chooses. Adding one: a folder with the same file names, a line here, tests/contracts/store.ts.
export { openEmbeddedStore } from './embedded/open-embedded-store.ts'
