import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { gatewayPlaintext } from './gatewayPlaintext';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

describe('gateway.plaintext', () => {
  const reasons = (changes: Partial<Facts>) =>
    [gatewayPlaintext.run(healthyFacts(pki, changes), NOW)]
      .flat()
      .map(({ status, reason }) => `${status} ${reason}`);
  const answered = seen({
    refused: false,
    message: 'CQL v4 answered in plaintext',
  });
  const listeners = (protocol: string): Partial<Facts> => {
    const { gateway } = healthyFacts(pki);
    return {
      gateway: seen({
        ...(gateway.known ? gateway.value! : undefined!),
        spec: { listeners: [{ name: 'cql', port: 9042, protocol }] },
      }),
    };
  };
  const exposed = (acceptPlaintext: boolean): Partial<Facts> => {
    const { access, spec } = healthyFacts(pki);
    return {
      access: { ...access, exposure: 'tcp', plaintextPorts: [9042] },
      spec: { ...spec, access: { acceptPlaintext } } as Facts['spec'],
    };
  };

  it.each<[string, () => Partial<Facts>, string[]]>([
    ['is ok where plaintext is refused', () => ({}), ['ok Refused']],
    [
      'fails where it is answered',
      () => ({ plaintext: answered }),
      ['failing Answered'],
    ],
    [
      'fails for a listener without TLS',
      () => exposed(false),
      ['failing PlaintextExposed', 'ok Refused'],
    ],
    [
      'warns of one that the owner accepted',
      () => exposed(true),
      ['warning PlaintextAccepted', 'ok Refused'],
    ],
    [
      'fails for a listener without TLS that nobody asked for',
      () => listeners('TCP'),
      ['failing UnaskedListener', 'ok Refused'],
    ],
    ['is ok for a listener with TLS', () => listeners('TLS'), ['ok Refused']],
    [
      'does not report twice a listener without TLS that the spec asks for',
      () => ({ ...listeners('TCP'), ...exposed(true) }),
      ['warning PlaintextAccepted', 'ok Refused'],
    ],
    [
      'is unknown where the listeners may not be read',
      () => ({ gateway: FORBIDDEN }),
      ['unknown NotLooked', 'ok Refused'],
    ],
    [
      'is unknown where TLS was not answered either',
      () => ({ served: FORBIDDEN }),
      ['unknown NoGateway'],
    ],
    [
      'is unknown where the port was not reached',
      () => ({ plaintext: FORBIDDEN }),
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, expected) => {
    expect(reasons(changes())).toEqual(expected);
  });
});
