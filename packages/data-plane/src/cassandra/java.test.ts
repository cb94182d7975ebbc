import { javaVersionIn } from './java';

it.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "11.0.2" 2019-01-15', 11],
  ['java version "1.8.0_372"', 8],
  ['openjdk version "21" 2023-09-19', 21],
  ['sh: java: not found', undefined],
])('reads %s', (output, version) => {
  expect(javaVersionIn(output)).toBe(version);
});
