// After a world is closed nothing of it may remain: no socket, no server, no timer that keeps the process alive.

/** What Node calls sockets, servers and timers in `process.getActiveResourcesInfo`. */
const watched = new Set(['TCPServerWrap', 'TCPSocketWrap', 'TLSWrap', 'UDPWRAP', 'PipeWrap', 'ProcessWrap', 'Timeout'])

/** Remembers what is active now; the answer rejects when more of it is left `deadlineMs` after it was called. */
export function startLeakCheck(): (deadlineMs?: number) => Promise<void> {
  const before = count()
  return async (deadlineMs = 2_000) => {
    const deadline = performance.now() + deadlineMs
    for (;;) {
      const left = [...count()]
        .filter(([kind, number]) => number > (before.get(kind) ?? 0))
        .map(([kind, number]) => `${kind} ${number - (before.get(kind) ?? 0)}`)
      if (left.length === 0) return
      if (performance.now() > deadline) throw new Error(`left behind: ${left.join(', ')}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

function count(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) if (watched.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}
