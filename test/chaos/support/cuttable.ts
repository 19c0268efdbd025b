// A network between processes and a server that can be cut: while it is, nothing goes through in either direction, and nobody is told. What was under
// way arrives when it is whole again, to whoever still waits for it, as TCP would send it once more.
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';

export class CuttableNetwork {
  #isCut = false;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  /** In front of the server that `url` names. */
  static async before(url: string): Promise<CuttableNetwork> {
    const server = createServer({ allowHalfOpen: true });
    const network = new CuttableNetwork(server, new URL(url));
    server.on('connection', (socket) => network.#join(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return network;
  }

  /** The same server, through this network. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.toString();
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.pause();
  }

  heal(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(near: Socket): void {
    const far = createConnection({ host: this.target.hostname, port: Number(this.target.port), allowHalfOpen: true });
    this.#link(near, far);
    this.#link(far, near);
  }

  /** Ends are data too: they do not cross a cut. */
  #link(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (data) => void to.write(data));
    from.on('end', () => to.end());
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      if (!this.#isCut) to.destroy();
    });
    if (this.#isCut) from.pause();
  }
}
