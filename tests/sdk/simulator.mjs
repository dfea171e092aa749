// Starts notion-sim for one test and speaks its /_sim/ endpoints.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export const TOKEN = 'ntn_tests_sdk'

export class Simulator {
  #process

  // `program` is the path of notion-sim; port 0 and the token are added to `args`.
  static async start(program, args) {
    const simulator = new Simulator()
    simulator.#process = spawn(program, ['--port', '0', '--token', TOKEN, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = new Promise((resolve, reject) => {
      simulator.#process.once('error', reject)
      simulator.#process.once('exit', (code) => reject(new Error(`notion-sim ended: ${code}`)))
    })
    exited.catch(() => {})
    const ready = (async () => {
      for await (const line of createInterface({ input: simulator.#process.stdout })) {
        const found = /^notion-sim: listening on (http:\S+)$/.exec(line)
        if (found) {
          return found[1]
        }
      }
      throw new Error('notion-sim said nothing')
    })()
    simulator.url = await Promise.race([ready, exited])
    return simulator
  }

  async control(method, path, body) {
    const answer = await fetch(`${this.url}/_sim/${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) {
      throw new Error(`${method} /_sim/${path}: ${answer.status} ${text}`)
    }
    return text === '' ? null : JSON.parse(text)
  }

  async stop() {
    if (this.#process.exitCode !== null) {
      return
    }
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGTERM')
    await ended
  }
}
