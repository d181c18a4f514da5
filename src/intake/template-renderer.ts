// The way to the render thread: one piece of work at a time, callers in turn, so that one tenant's heavy templates delay another's by a piece.
// A thread that is silent for too long or dies is started anew; its piece of work is our failure, not a rendering failure.
import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { isTemplateFault, type TemplateFault } from '../mail/templates/template-data.ts'
import type { TemplateParts } from '../mail/templates/render-template.ts'
import { renderMsMax, renderStartMsMax, rendersWaitingCharactersMax, rendersWaitingMax, renderThreadMiBMax } from './limits.ts'
import type { RenderedPiece, RenderWork } from './render-thread.ts'

/** The thread could not do it: it was ended, or too much waits. Temporary. */
export class RendererUnavailable extends Error {
  override readonly name = 'RendererUnavailable'
}

interface Waiting {
  readonly work: RenderWork
  readonly resolve: (piece: RenderedPiece) => void
  readonly reject: (fault: Error) => void
}

/** Renders templates in a thread of its own, which starts with the first one. */
export class TemplateRenderer {
  readonly #clock: Clock
  readonly #log: Log
  /** Callers with work, in the order of their turns. */
  readonly #lines = new Map<string, Waiting[]>()
  #waiting = 0
  #waitingCharacters = 0
  #worker: Worker | undefined
  #ready = false
  #current: { readonly task: Waiting; timer: Timer } | undefined
  #closed = false

  constructor(parts: { clock: Clock; log: Log }) {
    this.#clock = parts.clock
    this.#log = parts.log
  }

  /**
   * Renders the next messages: at least one, in order. The caller asks again for the rest.
   * @param caller whose turn it is: the tenant.
   * @throws RendererUnavailable nothing was rendered; the client may try again.
   */
  render(caller: string, work: RenderWork): Promise<RenderedPiece> {
    return new Promise((resolve, reject) => {
      const line = this.#lines.get(caller)
      const own = (line ?? []).reduce((sum, waiting) => sum + charactersOf(waiting.work), 0)
      // One caller takes a quarter of the room at most.
      const full =
        this.#waiting >= rendersWaitingMax ||
        this.#waitingCharacters > rendersWaitingCharactersMax ||
        (line?.length ?? 0) >= rendersWaitingMax / 4 ||
        own > rendersWaitingCharactersMax / 4
      if (this.#closed || full) return reject(new RendererUnavailable('the render thread has no room'))
      if (line) line.push({ work, resolve, reject })
      else this.#lines.set(caller, [{ work, resolve, reject }])
      this.#waiting++
      this.#waitingCharacters += charactersOf(work)
      this.#next()
    })
  }

  /** The fault of a template that cannot be compiled, or undefined. @throws RendererUnavailable */
  async check(caller: string, template: TemplateParts): Promise<TemplateFault | undefined> {
    const piece = await this.render(caller, { template, defaultDataText: '', dataTexts: [] })
    return isTemplateFault(piece) ? piece : undefined
  }

  /** Ends the thread. Repeatable. */
  async close(): Promise<void> {
    this.#closed = true
    const lines = [...this.#lines.values()]
    this.#lines.clear()
    for (const { reject } of lines.flat()) reject(new RendererUnavailable('the render thread is closed'))
    await this.#worker?.terminate()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #next(): void {
    if (this.#current) return
    const [turn] = this.#lines
    if (!turn) return
    const [caller, line] = turn
    const task = line.shift()
    this.#lines.delete(caller)
    if (line.length > 0) this.#lines.set(caller, line)
    if (!task) return
    this.#waiting--
    this.#waitingCharacters -= charactersOf(task.work)
    this.#worker ??= this.#start()
    this.#worker.ref()
    this.#current = { task, timer: this.#watch() }
    this.#worker.postMessage(task.work)
  }

  #start(): Worker {
    const worker = new Worker(new URL('./render-thread.ts', import.meta.url), {
      name: 'render',
      resourceLimits: { maxOldGenerationSizeMb: renderThreadMiBMax, maxYoungGenerationSizeMb: 16 },
    })
    this.#ready = false
    worker.on('message', (message: RenderedPiece | 'ready') => {
      if (this.#worker !== worker) return
      if (message !== 'ready') return this.#settle((task) => task.resolve(message))
      this.#ready = true
      if (!this.#current) return
      this.#current.timer.cancel()
      this.#current.timer = this.#watch()
    })
    worker.on('error', (fault) => this.#log.error({ err: String(fault) }, 'the render thread died'))
    worker.on('exit', () => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#settle((task) => task.reject(new RendererUnavailable('the render thread ended')))
    })
    return worker
  }

  /** In two halves: when this thread was held up itself, the answer is already here and is read between them. */
  #watch(): Timer {
    const halfMs = (this.#ready ? renderMsMax : renderStartMsMax) / 2
    return this.#clock.after(halfMs, () => {
      if (!this.#current) return
      this.#current.timer = this.#clock.after(halfMs, () => {
        this.#log.warn({ ready: this.#ready }, 'a template took too long; the render thread is started anew')
        // Let go of at once: an answer that is still on its way must not bring the next work to a thread that ends.
        void this.#worker?.terminate()
        this.#worker = undefined
        this.#settle((task) => task.reject(new RendererUnavailable('the render thread was ended')))
      })
    })
  }

  #settle(end: (task: Waiting) => void): void {
    const current = this.#current
    if (!current) return
    current.timer.cancel()
    this.#current = undefined
    this.#worker?.unref()
    end(current.task)
    this.#next()
  }
}

function charactersOf({ template, defaultDataText, dataTexts }: RenderWork): number {
  return [template.subject, template.text, template.html, defaultDataText, ...dataTexts].reduce((sum, text) => sum + (text?.length ?? 0), 0)
}
