// Buffers that travel to the store thread with a group and come back with its answer. A new one of this size would be mapped, zeroed and
// faulted in page by page for every group: about a twentieth of the service's CPU under load.

const stepBytes = 64 * 1024
/** One buffer for each group under way or being made, of groups of ordinary size. */
const keptMax = 3
const keptBytesMax = 2 * 1024 * 1024

/** Lends buffers; a lent one may be lost without harm. */
export class BufferPool {
  #kept: ArrayBuffer[] = []

  /** A buffer of at least `bytes` with any content; undefined for 0. */
  take(bytes: number): ArrayBuffer | undefined {
    if (bytes === 0) return undefined
    const at = this.#kept.findIndex(({ byteLength }) => byteLength >= bytes)
    const [found] = at < 0 ? [] : this.#kept.splice(at, 1)
    return found ?? new ArrayBuffer(Math.ceil(bytes / stepBytes) * stepBytes)
  }

  /** Takes a buffer back; the largest that are not oversized stay. */
  put(buffer: ArrayBuffer): void {
    if (buffer.byteLength > keptBytesMax) return
    this.#kept.push(buffer)
    if (this.#kept.length > keptMax) this.#kept.sort((a, b) => b.byteLength - a.byteLength).pop()
  }
}
