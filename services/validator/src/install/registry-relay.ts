/** The end of the wire inside the sandbox: a loopback port that leads to the proxy's unix socket, the only thing outside it can reach. */
import { mirrorPort } from "./rewrite-origins.ts"

/** Where the directory with the socket and these programs is inside. */
export const relayInside = "/run/registry-proxy"
export const socketName = "socket"

const javascript = `const { connect, createServer } = require("node:net")
createServer((inside) => {
  const outside = connect("${relayInside}/${socketName}")
  const end = () => { inside.destroy(); outside.destroy() }
  inside.on("error", end).on("close", end).pipe(outside)
  outside.on("error", end).on("close", end).pipe(inside)
}).listen(${mirrorPort}, "127.0.0.1")
`

const python = `import socket, threading
def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    finally:
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
listener = socket.create_server(("127.0.0.1", ${mirrorPort}), backlog=128)
while True:
    inside, _ = listener.accept()
    outside = socket.socket(socket.AF_UNIX)
    outside.connect("${relayInside}/${socketName}")
    for pair in ((inside, outside), (outside, inside)):
        threading.Thread(target=copy, args=pair, daemon=True).start()
`

/** Programs to lie beside the socket, by name. */
export const relayPrograms = { "relay.cjs": javascript, "relay.py": python } as const

/** Shell text (bash) that starts the relay with whatever the sandbox has and waits until it listens. */
export const startRelay = `
if command -v node >/dev/null; then node ${relayInside}/relay.cjs &
elif command -v python3 >/dev/null; then python3 ${relayInside}/relay.py &
else bun ${relayInside}/relay.cjs & fi
for try in $(seq 200); do (exec 3<>/dev/tcp/127.0.0.1/${mirrorPort}) 2>/dev/null && break; sleep 0.05; done`
