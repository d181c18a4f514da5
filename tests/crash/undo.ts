// What a test set up is taken down in the opposite order, all of it, whatever fails on the way. (Hooks of `after` run in the order given.)
import type { TestContext } from 'node:test'

/** Takes what is to be undone when the test ends. */
export type Undo = (step: () => unknown) => void

/** Begins such a list. */
export function undoAtEnd(t: TestContext): Undo {
  const steps: (() => unknown)[] = []
  t.after(async () => {
    const faults: unknown[] = []
    for (const step of steps.reverse()) {
      try {
        await step()
      } catch (fault) {
        faults.push(fault)
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, 'not everything could be taken down')
  })
  return (step) => void steps.push(step)
}
