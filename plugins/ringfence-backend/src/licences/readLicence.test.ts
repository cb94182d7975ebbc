import { readLicence } from './readLicence';

const licence = (inside: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><gridgain-license version="2.1"><id>1</id>${inside}<signature>00</signature></gridgain-license>`;

it.each([
  [
    'an end and a number of nodes',
    '<expire-date>01/31/2027</expire-date><max-nodes>10</max-nodes>',
    { expiresAt: new Date('2027-01-31T00:00:00Z'), maxNodes: 10 },
  ],
  ['no end', '<max-nodes>0</max-nodes>', {}],
  ['an end that is left empty', '<expire-date></expire-date>', {}],
])('reads a licence with %s', (_name, inside, expected) => {
  expect(readLicence(licence(inside))).toEqual({ readable: true, ...expected });
});

it.each([
  ['nothing', ' ', 'it is empty'],
  ['no XML', 'GG-123-456', 'it is no XML'],
  ['half of one', '<gridgain-license><id>', 'it is no XML'],
  ['other XML', '<note/>', 'it is XML, but no licence of GridGain'],
  [
    'one without a signature',
    '<gridgain-license><id>1</id></gridgain-license>',
    'it carries no signature',
  ],
  [
    'a day that there is not',
    licence('<expire-date>02/30/2027</expire-date>'),
    'its expire-date is no date of the form MM/DD/YYYY',
  ],
  [
    'a date of another form',
    licence('<expire-date>2027-02-01</expire-date>'),
    'its expire-date is no date of the form MM/DD/YYYY',
  ],
])('says why %s is no licence', (_name, text, why) => {
  expect(readLicence(text)).toEqual({ readable: false, why });
});
