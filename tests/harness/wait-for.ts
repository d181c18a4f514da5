// Waits for a condition with a deadline, instead of sleeping.

/**
 * Asks `condition` every few milliseconds until it answers something truthy, and answers that.
 * @throws Error naming `what` after `deadlineMs` of real time.
 */
export async function waitFor<T>(what: string, condition: () => T | Promise<T>, deadlineMs = 10_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const answer = await condition()
    if (answer) return answer as NonNullable<T>
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
