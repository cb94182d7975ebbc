/** What answered a request in plaintext. */
export interface PlaintextAnswer {
  /** Which port answered so. */
  readonly port?: number;
  readonly refused: boolean;
  readonly message: string;
}

/** The first words of a protocol, without a login in them, and what an answer to them means. */
export interface PlaintextQuestion {
  readonly request: Buffer;
  /** @param data - the first bytes that came back */
  readonly readAnswer: (data: Buffer) => PlaintextAnswer;
}

/** The highest bit of the first byte marks a CQL response; the others are the protocol's version. */
const CQL_RESPONSE_BIT = 0x80;
const HIGHEST_CQL_VERSION = 5;

/** CQL v4 OPTIONS: the one request that a server answers before any login. */
export const CQL_QUESTION: PlaintextQuestion = {
  request: Buffer.from([0x04, 0x00, 0x00, 0x00, 0x05, 0, 0, 0, 0]),
  readAnswer(data) {
    const [first] = data;
    // eslint-disable-next-line no-bitwise
    const version = first & ~CQL_RESPONSE_BIT;
    const isResponse = first >= CQL_RESPONSE_BIT;
    if (isResponse && version >= 1 && version <= HIGHEST_CQL_VERSION) {
      return taken(`CQL v${version}`);
    }
    return otherAnswer(data, 'CQL');
  },
};

/** An answer to a handshake is a version and a sentence. */
const LONGEST_IGNITE_ANSWER = 0xffff;

/**
 * The handshake of Ignite's thin clients in its first version, which every
 * server answers: that it takes it, or why not. Little-endian.
 */
export const IGNITE_QUESTION: PlaintextQuestion = {
  request: Buffer.from([8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 2]),
  readAnswer(data) {
    const length = data.length > 4 ? data.readInt32LE(0) : 0;
    const isAnswer = length > 0 && length <= LONGEST_IGNITE_ANSWER;
    // It begins with whether the handshake was taken.
    if (isAnswer && data[4] <= 1) return taken("Ignite's thin client protocol");
    return otherAnswer(data, "Ignite's thin client protocol");
  },
};

/** What a server of HTTPS says to HTTP: that it is the wrong one, or where to go instead. */
const TURNED_AWAY = /^HTTP\/1\.[01] (3\d\d|400|421|426|497) /;

/** The smallest request of HTTP, for a path that asks for nothing. */
export const HTTP_QUESTION: PlaintextQuestion = {
  request: Buffer.from(
    'GET / HTTP/1.1\r\nHost: plaintext.invalid\r\nConnection: close\r\n\r\n',
  ),
  readAnswer(data) {
    const [status] = data.toString('latin1').split('\r\n');
    if (TURNED_AWAY.test(`${status} `)) {
      return { refused: true, message: `turned away by "${status}"` };
    }
    return /^HTTP\/1\.[01] \d{3}/.test(status)
      ? taken('HTTP')
      : otherAnswer(data, 'HTTP');
  },
};

/** First byte of a TLS record that carries an alert. */
const TLS_ALERT = 0x15;

function taken(what: string): PlaintextAnswer {
  return { refused: false, message: `${what} answered in plaintext` };
}

function otherAnswer([first]: Buffer, wanted: string): PlaintextAnswer {
  return first === TLS_ALERT
    ? { refused: true, message: 'a TLS alert' }
    : { refused: true, message: `something that is not ${wanted} answered` };
}
