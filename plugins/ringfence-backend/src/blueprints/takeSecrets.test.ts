import { takeSecrets } from './takeSecrets';

const blueprint = { secretFields: ['gridgain.licence'] };

it('parts what users send into what may be kept and what may not', () => {
  const sent = {
    name: 'orders',
    gridgain: { edition: 'ultimate', licence: 'L' },
  };
  expect(takeSecrets(sent, blueprint)).toEqual({
    spec: { name: 'orders', gridgain: { edition: 'ultimate' } },
    given: { 'gridgain.licence': 'L' },
  });
  expect(sent.gridgain.licence).toBe('L');
});

it.each([
  ['nothing at all', undefined],
  ['a text', 'orders'],
  ['no such section', { name: 'orders' }],
  ['a section that is none', { gridgain: ['licence'] }],
])('leaves %s as it is', (_name, sent) => {
  expect(takeSecrets(sent, blueprint)).toEqual({ spec: sent, given: {} });
});

it('takes what a form leaves empty for not given', () => {
  expect(takeSecrets({ gridgain: { licence: '' } }, blueprint)).toEqual({
    spec: { gridgain: {} },
    given: {},
  });
});

it('refuses what is no text, without showing it', () => {
  expect(() =>
    takeSecrets({ gridgain: { licence: { a: 'secret' } } }, blueprint),
  ).toThrow('spec.gridgain.licence: must be a text');
});

it('leaves the specs of blueprints without secrets alone', () => {
  const sent = { gridgain: { licence: 'L' } };
  expect(takeSecrets(sent, {})).toEqual({ spec: sent, given: {} });
});
