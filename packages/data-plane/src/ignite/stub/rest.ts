import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StubState } from './StubState';

const SUCCESS = 0;
const FAILED = 1;
const AUTH_FAILED = 2;

/** Commands that nobody need log in for. */
const PUBLIC: Readonly<Record<string, (version: string) => unknown>> = {
  version: version => version,
};

const COMMANDS: Readonly<Record<string, (state: StubState) => unknown>> = {
  state: ({ isActive }) => (isActive ? 'ACTIVE' : 'INACTIVE'),
  top: state =>
    state.members().map(({ name, address }, index) => ({
      consistentId: name,
      order: index + 1,
      tcpAddresses: [address],
    })),
};

const succeeded = (response: unknown) => ({
  successStatus: SUCCESS,
  error: null,
  response,
});

const failed = (successStatus: number, error: string) => ({
  successStatus,
  error,
  response: null,
});

/** Answers `/ignite?cmd=…` of the few commands that the stub knows. */
export function serveRest(
  request: IncomingMessage,
  response: ServerResponse,
  state: StubState,
  version: string,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://node');
  if (pathname !== '/ignite') {
    response.writeHead(404).end();
    return;
  }
  const command = searchParams.get('cmd') ?? '';
  const isOpen = state.mayLogIn(
    searchParams.get('ignite.login') ?? undefined,
    searchParams.get('ignite.password') ?? undefined,
  );
  response.setHeader('content-type', 'application/json;charset=utf-8');
  response.end(JSON.stringify(answer()));

  function answer() {
    if (PUBLIC[command]) return succeeded(PUBLIC[command](version));
    if (!COMMANDS[command]) {
      return failed(
        FAILED,
        `Failed to find registered handler for command: ${command}`,
      );
    }
    if (!isOpen) {
      return failed(AUTH_FAILED, 'The user name or password is incorrect');
    }
    return succeeded(COMMANDS[command](state));
  }
}
