import { isReadOnlyIn } from './readOnlyMount';

const MOUNTS = `overlay / overlay rw,relatime 0 0
tmpfs /run tmpfs rw 0 0
/dev/sda1 /bundle ext4 ro,relatime 0 0
tmpfs /bundle/scratch tmpfs rw 0 0
/dev/sda1 /my\\040bundle ext4 ro 0 0
/dev/sda1 /twice ext4 ro 0 0
/dev/sdb1 /twice ext4 rw 0 0
`;

it.each([
  ['/bundle', true],
  ['/bundle/..2026_11_22/ca.crt', true],
  ['/my bundle/ca.crt', true],
  ['/bundle/scratch/ca.crt', false],
  ['/bundles/ca.crt', false],
  ['/twice/ca.crt', false],
  ['/home/ca.crt', false],
])('%s is mounted read-only: %s', (path, expected) => {
  expect(isReadOnlyIn(MOUNTS, path)).toBe(expected);
});

it('takes what cannot be told for writable', () => {
  expect(isReadOnlyIn('', '/bundle')).toBe(false);
});
