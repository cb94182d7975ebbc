import { NotAllowedError } from '@backstage/errors';
import { refusal } from './__testUtils__/render';
import { failureKind, failureMessage } from './errors';

describe('failureKind', () => {
  it.each([
    [403, 'NotAllowedError', 'denied'],
    [404, 'NotFoundError', 'missing'],
    [503, 'ServiceUnavailableError', 'other'],
    [500, 'Error', 'other'],
  ])('tells an answer of %i %s as %s', async (status, name, kind) => {
    expect(failureKind(await refusal(status, name, 'why'))).toBe(kind);
  });

  it('tells that no answer came at all', () => {
    expect(failureKind(new TypeError('Failed to fetch'))).toBe('unreachable');
  });

  it('tells errors that carry their own name', () => {
    expect(failureKind(new NotAllowedError('no'))).toBe('denied');
  });
});

describe('failureMessage', () => {
  it("prefers the backend's words", async () => {
    const error = await refusal(409, 'ConflictError', 'the lease is held');
    expect(failureMessage(error)).toBe('the lease is held');
  });

  it("falls back to the error's own", () => {
    expect(failureMessage(new Error('boom'))).toBe('boom');
  });
});
