import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'

export interface Line {
  /** Where what is behind it is reached through it. */
  origin: string
  /** Breaks what is open, and lets nothing through from now on. */
  cut(): void
  mend(): void
}

/**
 * A line to what listens on this port of the own machine, for as long as the test lasts. A browser that is set to be offline
 * still sends what a page says while it is being closed: by then nobody holds its tab any more. What is cut here is cut.
 */
export async function openLine(t: Pick<Test, 'teardown'>, port: number): Promise<Line> {
  const open = new Set<Socket>()
  let isCut = false
  const join = (one: Socket, other: Socket) => {
    open.add(one)
    one.pipe(other)
    one.on('error', () => other.destroy())
    one.on('close', () => {
      open.delete(one)
      other.destroySoon()
    })
  }
  const server = createServer((socket) => {
    if (isCut) {
      socket.destroy()
      return
    }
    const onward = connect(port, '127.0.0.1')
    join(socket, onward)
    join(onward, socket)
  })
  const breakAll = () => {
    for (const socket of open) socket.destroy()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    breakAll()
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true
      breakAll()
    },
    mend() {
      isCut = false
    },
  }
}
