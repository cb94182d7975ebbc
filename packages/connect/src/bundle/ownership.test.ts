import { distrust } from './ownership';

const ME = 1000;
const ROOT = 0;
const FILE = 0o100000;
const FOLDER = 0o040000;

it.each<[string, number, number, number, number | undefined]>([
  ['a file of my own', FILE + 0o644, ME, ME, ME],
  ['a file of root', FILE + 0o644, ROOT, ROOT, ME],
  ['a file of my own that my own group may write', FILE + 0o664, ME, ME, ME],
  ['a folder of my own', FOLDER + 0o755, ME, 100, ME],
  ['a mounted Secret', FOLDER + 0o1777, ROOT, ROOT, ME],
  [
    'what another user owns, as root in a container',
    FILE + 0o644,
    ME,
    ME,
    ROOT,
  ],
  ['anything, on a system without users', FILE + 0o666, 0, 0, undefined],
])('trusts %s', (_what, mode, uid, gid, me) => {
  expect(distrust('ca.crt', { mode, uid, gid }, me)).toBeUndefined();
});

it.each<[string, number, number, number, number, string]>([
  [
    'a file that all may write',
    FILE + 0o666,
    ME,
    ME,
    ME,
    'can be changed by every user of this machine (mode 0666)',
  ],
  [
    'a file that all may write, as root',
    FILE + 0o646,
    ROOT,
    ROOT,
    ROOT,
    'can be changed by every user of this machine (mode 0646)',
  ],
  [
    'a folder that all may write',
    FOLDER + 0o777,
    ME,
    ME,
    ME,
    'can be changed by every user of this machine (mode 0777)',
  ],
  [
    'a file that a group with others in it may write',
    FILE + 0o664,
    ME,
    100,
    ME,
    'can be changed by group 100 (mode 0664)',
  ],
  [
    'a file of another user',
    FILE + 0o644,
    1001,
    1001,
    ME,
    'belongs to another user (uid 1001), and this runs as uid 1000',
  ],
])('does not trust %s', (_what, mode, uid, gid, me, why) => {
  expect(distrust('/b/ca.crt', { mode, uid, gid }, me)).toEqual({
    why,
    remedy: expect.stringMatching(/chmod go-w "\/b\/ca\.crt"|as the user/),
  });
});
