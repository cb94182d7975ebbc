import { once } from 'node:events';
import {
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import type { ProbeContext } from './Probe';
import { probePlaintext } from './plaintext';

const open: Array<Server | Socket> = [];
afterEach(() =>
  open
    .splice(0)
    .forEach(it => ('destroy' in it ? it.destroy() : void it.close())),
);

/** Answers what it is first told, and keeps that. */
async function answering(answer: Buffer | string) {
  const asked: Buffer[] = [];
  const server = createServer(socket => {
    open.push(socket);
    socket.on('error', () => {});
    socket.once('data', data => {
      asked.push(data);
      if (answer.length > 0) socket.write(answer);
      else socket.end();
    });
  });
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, asked };
}

function probe(tlsPorts: number[], restPorts: number[] = []) {
  const context = {
    access: { protocol: 'ignite', exposure: 'tls', tlsPorts, restPorts },
    objects: {
      gatewayAddresses: {
        known: true,
        value: [{ type: 'IPAddress', value: '127.0.0.1' }],
      },
    },
  } as unknown as ProbeContext;
  return probePlaintext(context, new AbortController().signal);
}

/** As Ignite 2.17 refuses a handshake without a login. */
const REFUSES = Buffer.concat([
  Buffer.from([66, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 54, 0, 0, 0]),
  Buffer.from('The user name or password is incorrect [userName=null]'),
]);
const TAKES = Buffer.from([1, 0, 0, 0, 1]);
const TLS_ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 10]);

it.each([
  ['a handshake that it takes', TAKES],
  ['a handshake that it refuses: it was read all the same', REFUSES],
])('is answered by a thin client port, with %s', async (_name, answer) => {
  const { port } = await answering(answer);
  expect(await probe([port])).toEqual({
    port,
    refused: false,
    message: "Ignite's thin client protocol answered in plaintext",
  });
});

it.each([
  ['a TLS alert', TLS_ALERT, 'a TLS alert'],
  ['nothing', '', 'the connection was closed'],
  [
    'another protocol',
    'SSH-2.0-x\r\n',
    "something that is not Ignite's thin client protocol answered",
  ],
])('is refused by a port that says %s', async (_name, answer, message) => {
  const { port } = await answering(answer);
  expect(await probe([port])).toEqual({ port, refused: true, message });
});

it('speaks no CQL to it, and no login', async () => {
  const { port, asked } = await answering(TAKES);
  await probe([port]);
  expect(asked).toEqual([Buffer.from('080000000101000000000002', 'hex')]);
});

it.each([
  ['HTTP/1.1 200 OK', false, 'HTTP answered in plaintext'],
  ['HTTP/1.1 404 Not Found', false, 'HTTP answered in plaintext'],
  [
    'HTTP/1.1 400 Bad Request',
    true,
    'turned away by "HTTP/1.1 400 Bad Request"',
  ],
  ['HTTP/1.1 301', true, 'turned away by "HTTP/1.1 301"'],
  ['\x15\x03\x01', true, 'a TLS alert'],
])('asks the port of REST by HTTP: "%s"', async (line, refused, message) => {
  const { port: closed } = await answering('');
  const { port, asked } = await answering(`${line}\r\n\r\n`);
  const answer = await probe([closed], [port]);
  expect(asked[0].toString()).toMatch(/^GET \/ HTTP\/1\.1\r\n/);
  expect(answer).toEqual(
    refused
      ? { port: closed, refused, message: 'the connection was closed' }
      : { port, refused, message },
  );
});
