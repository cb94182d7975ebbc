import { fleetRow } from '../../__fixtures__/fleet';
import { fleetCsv } from './fleetCsv';

function headlineCell(headline: string): string {
  const [, line] = fleetCsv([fleetRow({ headline })]).split('\r\n');
  return line.split(/,(?=")/)[4];
}

describe('fleetCsv', () => {
  it('has one line for each database below the titles', () => {
    const lines = fleetCsv([
      fleetRow({ name: 'orders' }),
      fleetRow({ name: 'carts', certificateNotAfter: undefined }),
    ]).split('\r\n');

    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^\uFEFF"kubernetesCluster","namespace","name"/);
    expect(lines[1]).toMatch(/^"sandbox","orders","orders","ok","Fenced"/);
    expect(lines[3]).toBe('');
  });

  it.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    [' =1', `"' =1"`],
  ])('lets no spreadsheet run %j', (headline, cell) => {
    expect(headlineCell(headline)).toBe(cell);
  });

  it('keeps quotes, commas and lines within a cell', () => {
    expect(headlineCell('a "b", c')).toBe('"a ""b"", c"');
  });
});
