// What a test does without a tool of the machine: skips with the reason, but fails in continuous integration, which installs every tool.
import type { TestContext } from 'node:test'

/** True where nothing may be skipped. */
export const toolsRequired = process.env.BULKHEAD_TEST_REQUIRE_TOOLS === '1'

/** Skips `t`. @throws Error where tools are required. */
export function skipWithout(t: TestContext, reason: string): void {
  if (toolsRequired) throw new Error(`${reason}, and BULKHEAD_TEST_REQUIRE_TOOLS says that it must be here`)
  t.skip(reason)
}
