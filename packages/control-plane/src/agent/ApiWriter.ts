import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';

interface Request {
  readonly method: 'PATCH' | 'PUT';
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: unknown;
}

/** Writes to the API server as the harness, with field managers of one's choice. */
export class ApiWriter {
  private constructor(
    private readonly server: string,
    private readonly token: string,
    private readonly connections: Agent,
  ) {}

  /** @param kubeconfig - as `startControlPlane` writes it */
  static async open(kubeconfig: string): Promise<ApiWriter> {
    const { clusters, users } = JSON.parse(await readFile(kubeconfig, 'utf8'));
    const { cluster } = clusters[0];
    const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
    const connections = new Agent({ ca, keepAlive: true });
    return new ApiWriter(cluster.server, users[0].user.token, connections);
  }

  /** @throws with the server's words */
  async send({ path, query, method, contentType, body }: Request) {
    const url = `${this.server}${path}?${new URLSearchParams(query)}`;
    const content = JSON.stringify(body);
    const { status, answer } = await new Promise<any>((resolve, reject) => {
      const asked = request(url, {
        method,
        agent: this.connections,
        headers: {
          authorization: `Bearer ${this.token}`,
          'content-type': contentType,
          'content-length': Buffer.byteLength(content),
        },
      });
      asked.on('error', reject);
      asked.on('response', response => {
        text(response).then(
          read => resolve({ status: response.statusCode, answer: read }),
          reject,
        );
      });
      asked.end(content);
    });
    const object = JSON.parse(answer);
    if (status >= 300) throw new Error(`${method} ${path}: ${object.message}`);
    return object;
  }

  close(): void {
    this.connections.destroy();
  }
}
