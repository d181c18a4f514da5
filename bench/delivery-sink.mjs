// A far server for the micro bench: takes everything, pipelining offered, counts; a process of its own. Prints its port.
import net from 'node:net'
let count = 0
const latencyMs = Number(process.env.LATENCY_MS ?? 0)
const server = net.createServer({ noDelay: true }, (socket) => {
  let rest = null
  let inData = false
  socket.write('220 sink ESMTP\r\n')
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    const buffer = rest ? Buffer.concat([rest, chunk]) : chunk
    let at = 0
    let out = ''
    for (;;) {
      if (inData) {
        const end = buffer.indexOf('\r\n.\r\n', at)
        if (end < 0) break
        at = end + 5
        inData = false
        count++
        if (latencyMs > 0) setTimeout(() => socket.write('250 2.0.0 Ok\r\n'), latencyMs)
        else out += '250 2.0.0 Ok\r\n'
        continue
      }
      const end = buffer.indexOf(10, at)
      if (end < 0) break
      const verb = buffer.latin1Slice(at, at + 4)
      at = end + 1
      if (verb === 'EHLO') out += '250-sink\r\n250-PIPELINING\r\n250 SIZE 50000000\r\n'
      else if (verb === 'DATA') {
        inData = true
        out += '354 go\r\n'
      } else if (verb === 'QUIT') {
        socket.end(`${out}221 bye\r\n`)
        return
      } else out += '250 Ok\r\n'
    }
    rest = at < buffer.length ? buffer.subarray(at) : null
    if (out !== '') socket.write(out)
  })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.on('message', (message) => {
  if (message === 'stats') {
    const { user, system } = process.cpuUsage()
    process.send({ count, cpuUs: user + system })
  }
  if (message === 'end') process.exit(0)
})
